"""What is fetched together with a file, because its reader opens it."""

from ingest.remote.remote_disk import named_beside, neighbours


def test_subtitles_come_with_their_recording_and_it_is_named_to_them(tmp_path):
    names = ["talk.mp4", "talk.en.srt", "other.srt"]

    assert list(neighbours(tmp_path / "talk.mp4", names=lambda _: names)) == [
        tmp_path / "talk.en.srt"
    ]
    assert list(named_beside(tmp_path / "talk.en.srt", names=lambda _: names)) == [
        tmp_path / "talk.mp4"
    ]


def test_pictures_come_with_the_page_that_shows_them(tmp_path):
    page = tmp_path / "notes" / "a.md"
    page.parent.mkdir()
    page.write_text("![map](../pictures/route%20map.png) and <img src='away.jpg'> and b.PNG")
    there = {tmp_path / "pictures": ["route map.png"], page.parent: ["b.PNG", "c.png"]}

    found = list(neighbours(page, names=lambda folder: there.get(folder, [])))

    assert found == [tmp_path / "pictures" / "route map.png", page.parent / "b.PNG"]


def test_a_long_line_of_letters_is_looked_through_at_once(tmp_path):
    page = tmp_path / "a.html"
    page.write_text("<img src='data:image/png;base64," + "A" * 2_000_000 + "'>")

    assert list(neighbours(page, names=lambda _: [])) == []
