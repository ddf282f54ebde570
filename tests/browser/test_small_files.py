"""What is sent without comments and needless spaces means the same as what is written."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from valuecalc.web.static_files import FOLDER, small

pytestmark = pytest.mark.browser

RULES = """text => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  // In what a browser does not look into, spaces behind a comma or colon stay as they were.
  return [...sheet.cssRules].map(rule => rule.cssText.replace(/([,:])\\s+/g, "$1"));
}"""
SHEETS = sorted(FOLDER.glob("css/*.css"))


def test_every_style_sheet_has_the_same_rules_as_it_is_sent(page: Page) -> None:
    written = {each.stem: each.read_text("utf-8") for each in SHEETS}
    own = [each for each in SHEETS if "@import" not in written[each.stem]]
    assert len(own) > 15
    for sheet in own:
        sent = page.evaluate(RULES, small(sheet).decode())
        assert sent == page.evaluate(RULES, written[sheet.stem]), sheet.stem
        assert sent, sheet.stem


def test_every_script_can_be_read_as_it_is_sent(page: Page, base_url: str) -> None:
    page.goto(f"{base_url}/help")
    scripts = [str(path.relative_to(FOLDER)) for path in sorted(FOLDER.glob("js/**/*.js"))]
    assert len(scripts) > 30
    # A script that is only preloaded is read and checked, but does not run.
    found = page.evaluate(
        """scripts => Promise.all(scripts.map(name => new Promise(done => {
          const here = document.querySelector('script[src*="/js/page.js"]').src;
          const link = document.createElement("link");
          link.rel = "modulepreload";
          link.onload = () => done("");
          link.onerror = () => done(name);
          link.href = new URL(`../${name}`, here);
          document.head.append(link);
        })))""",
        scripts,
    )
    assert [name for name in found if name] == []
