"""Pages as an HTML parser sees them: forms with their fields, links, text."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

import html5lib


def parse(text: str) -> Element:
    return html5lib.parse(text, treebuilder="etree", namespaceHTMLElements=False)


def text_of(element: Element) -> str:
    """The element's text with white space folded, as a reader would see it."""
    return " ".join("".join(element.itertext()).split())


def visible_text(page: str) -> str:
    body = parse(page).find("body")
    assert body is not None
    return text_of(body)


def main_text(page: str) -> str:
    """Text of <main> only: what two pages about the same thing share, without navigation and tokens."""
    main = parse(page).find(".//main")
    assert main is not None, f"a page without <main>: {page[:300]}"
    return text_of(main)


def links(page: str, beginning: str = "") -> list[str]:
    return [a.get("href") for a in parse(page).iter("a") if (a.get("href") or "").startswith(beginning)]


def title(page: str) -> str:
    found = parse(page).find(".//title")
    return text_of(found) if found is not None else ""


def heading(page: str) -> str:
    found = [text_of(h) for h in parse(page).iter("h1")]
    assert len(found) == 1, f"a page has one h1, this one has {found}"
    return found[0]


def element_by_id(page: str, identifier: str) -> Element | None:
    return next((e for e in parse(page).iter() if e.get("id") == identifier), None)


@dataclass
class Form:
    action: str
    method: str
    fields: list[tuple[str, str]]
    """What a browser would send as it stands: hidden fields, texts, chosen boxes."""
    choices: dict[str, list[str]] = field(default_factory=dict)
    """Every value that a box or list of this name offers, chosen or not."""
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    """Name, value and words of each submit button."""

    def value(self, name: str) -> str:
        return next(value for key, value in self.fields if key == name)

    def filled(self, values: dict[str, str | list[str]]) -> list[tuple[str, str]]:
        """The fields with these values in place of what stood there; a list sends the name several times."""
        kept = [(name, value) for name, value in self.fields if name not in values]
        for name, value in values.items():
            kept += [(name, one) for one in ([value] if isinstance(value, str) else value)]
        return kept


def forms(page: str) -> list[Form]:
    return [_form(element) for element in parse(page).iter("form")]


def form(page: str, action: str | None = None, having: str | None = None) -> Form:
    """The one form that posts to `action`, or that has a field or button named `having`."""
    found = [
        one
        for one in forms(page)
        if (action is None or one.action == action)
        and (having is None or having in [name for name, _ in one.fields] + [name for name, _, _ in one.buttons])
    ]
    assert found, f"no form for action={action} having={having} among {[f.action for f in forms(page)]}"
    return found[0]


def _form(element: Element) -> Form:
    # What the answer opens at stays with the browser.
    action = (element.get("action") or "").partition("#")[0]
    result = Form(action, (element.get("method") or "get").lower(), [])
    for item in element.iter():
        name = item.get("name")
        kind = (item.get("type") or "").lower()
        if item.tag == "button" and kind not in ("button", "reset"):
            result.buttons.append((name or "", item.get("value") or "", text_of(item)))
        elif name and item.tag == "textarea":
            result.fields.append((name, (item.text or "").removeprefix("\n")))
        elif name and item.tag == "select":
            options = [(o.get("value", text_of(o)), o.get("selected") is not None) for o in item.iter("option")]
            result.choices[name] = [value for value, _ in options]
            result.fields += [(name, value) for value, chosen in options if chosen][:1] or [
                (name, value) for value, _ in options[:1]
            ]
        elif name and item.tag == "input" and kind in ("checkbox", "radio"):
            value = item.get("value", "on")
            result.choices.setdefault(name, []).append(value)
            if item.get("checked") is not None:
                result.fields.append((name, value))
        elif name and item.tag == "input" and kind not in ("submit", "button", "image", "reset"):
            result.fields.append((name, item.get("value") or ""))
    return result
