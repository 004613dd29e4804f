// Answers marked as good, or reported as wrong: with one click, then, if the person wants, with what is
// right. What is reported the server knows; the class of a button tells which answer it stands below. All that is
// reported stands in a list below the conversations, whose HTML is the server's.
"use strict";

(() => {
  const known = {}; // report -> { right, absent, good }
  const learnt = new Set(); // conversations

  const placeOf = (button) => {
    const found = /answer-([0-9a-f]{16})-([0-9a-f]+)-([0-9a-f]{16})/.exec(button.className);
    return found ? { talk: found[1], exchange: found[2], id: found[3] } : null;
  };

  const reportOf = (button) => known[placeOf(button)?.id];

  const send = (method, url, body) =>
    fetch(url, {
      method,
      headers: { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    }).catch(() => ({ ok: false }));

  // --- what is reported already ---------------------------------------------------------------

  async function learn(talk) {
    learnt.add(talk);
    const answer = await send("GET", `/reports/${talk}`);
    if (answer.ok) Object.assign(known, await answer.json());
    mark();
  }

  // Gradio writes bubbles anew when a conversation grows: this runs again after each change.
  function mark() {
    document.querySelectorAll("#chat button.verdict").forEach((button) => {
      const place = placeOf(button);
      if (place && !learnt.has(place.talk)) learn(place.talk);
      const isGood = button.classList.contains("good");
      const said = reportOf(button);
      const pressed = String(Boolean(said) && said.good === isGood);
      if (button.getAttribute("aria-pressed") === pressed) return;
      button.setAttribute("aria-pressed", pressed);
      if (!isGood) button.textContent = pressed === "true" ? "Reported as wrong" : "Report as wrong";
    });
  }

  // --- the form -------------------------------------------------------------------------------

  async function put(button, good) {
    const { talk, exchange } = placeOf(button);
    const answer = await send("POST", `/reports/${talk}/${exchange}?good=${good}`);
    if (!answer.ok) return;
    known[(await answer.json()).id] = { right: "", absent: false, good };
    mark();
    list();
  }

  async function report(button) {
    await put(button, false);
    if (reportOf(button)) open(button);
  }

  function praise(button) {
    button.closest(".answer").querySelector(".report-form")?.remove();
    return reportOf(button)?.good ? strike(placeOf(button).id, button) : put(button, true);
  }

  function element(name, properties, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  function open(button) {
    const report = reportOf(button);
    const told = element("p", { textContent: "Reported. You can say what is right:" });
    told.setAttribute("role", "status");
    const field = element("input", { value: report.right, maxLength: 2000, disabled: report.absent });
    field.setAttribute("aria-label", "What is right");
    const absent = element("input", { type: "checkbox", checked: report.absent });
    const choice = element("label", {}, absent, " It is not in the documents");
    const tool = (text, name) => element("button", { type: "button", textContent: text, className: name });
    const form = element(
      "div",
      { className: "report-form" },
      told,
      field,
      choice,
      element("div", { className: "report-tools" }, tool("Save", "save"), tool("Take back", "take-back")),
    );
    absent.addEventListener("change", () => (field.disabled = absent.checked));
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.tagName === "INPUT") save(button, form);
      else if (event.key === "Escape") close(button, form);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    form.querySelector(".save").addEventListener("click", () => save(button, form));
    form.querySelector(".take-back").addEventListener("click", () => takeBack(button, form));
    button.closest(".again").after(form);
    (report.absent ? absent : field).focus();
  }

  function close(button, form) {
    form.remove();
    button.focus();
  }

  async function save(button, form) {
    const { id } = placeOf(button);
    const absent = form.querySelector("[type=checkbox]").checked;
    const right = absent ? "" : form.querySelector("input:not([type])").value.trim();
    const answer = await send("PUT", `/reports/${id}`, { right, absent });
    if (!answer.ok) {
      form.querySelector("[role=status]").textContent = "It could not be kept. Is Pagelight still running?";
      return;
    }
    known[id] = { right, absent, good: false };
    list();
    close(button, form);
  }

  async function takeBack(button, form) {
    const { id } = placeOf(button);
    const answer = await send("DELETE", `/reports/${id}`);
    if (!answer.ok) return;
    delete known[id];
    mark();
    list();
    close(button, form);
  }

  // --- the list -------------------------------------------------------------------------------

  async function list() {
    await fill("reported", "/reports");
    await fill("praised", "/reports?good=true");
  }

  async function fill(name, url) {
    if (!document.getElementById(name)?.open) return;
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) document.getElementById(`${name}-list`).innerHTML = await answer.text();
  }

  async function strike(id, focused) {
    const answer = await send("DELETE", `/reports/${id}`);
    if (!answer.ok) return;
    delete known[id];
    mark();
    await list();
    focused.focus();
  }

  document.addEventListener("toggle", (event) => /^(reported|praised)$/.test(event.target.id) && list(), true);
  document.addEventListener("click", (event) => {
    const struck = event.target.closest?.("#past [data-report]");
    if (struck) strike(struck.dataset.report, struck.closest("#reported, #praised").querySelector("summary"));
    const good = event.target.closest?.("#chat button.good");
    if (good && placeOf(good)) praise(good);
    const button = event.target.closest?.("#chat button.report");
    if (!button || !placeOf(button)) return;
    const form = button.closest(".answer").querySelector(".report-form");
    if (form) close(button, form);
    else if (reportOf(button)?.good === false) open(button);
    else report(button);
  });
  document.addEventListener("pagelight:bubbles", mark);
})();
