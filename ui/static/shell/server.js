// The one way to ask our own server.

/**
 * Ask, and return the answer: one that is not `ok` where none came.
 * @param {string} method
 * @param {string} url
 * @param {unknown} [body] what is sent as JSON
 * @returns {Promise<Response>}
 */
export function ask(method, url, body) {
  const told = body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  return fetch(url, { method, ...told }).catch(() => Response.error());
}

/**
 * Return why something did not work, as the server tells it; "" where it tells nothing.
 * @param {Response} answer
 * @returns {Promise<string>}
 */
export async function whyNot(answer) {
  const told = await answer.json().catch(() => null);
  return typeof told?.error === "string" ? told.error : "";
}
