"""How the page looks: at any width, on light and on dark."""

STYLE = """
:root { --fg: #1f2328; --dim: #59636e; --bg: #ffffff; --line: #d1d9e0; --soft: #f6f8fa; --link: #0969da;
        --good: #1a7f37; --some: #9a6700; --bad: #cf222e; --most: #b6d4fe; --always: #0969da; }
@media (prefers-color-scheme: dark) {
  :root { --fg: #f0f6fc; --dim: #9198a1; --bg: #0d1117; --line: #3d444d; --soft: #151b23; --link: #4493f8;
          --good: #3fb950; --some: #d29922; --bad: #f85149; --most: #1f3a5f; --always: #4493f8; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 16px; max-width: 1120px; color: var(--fg); background: var(--bg);
       font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; overflow-wrap: anywhere; }
h1 { margin: 8px 0; font-size: 28px; } h2 { margin: 32px 0 8px; font-size: 20px; } h3 { margin: 16px 0 4px; font-size: 16px; }
.verdict { display: inline-block; margin: 0; padding: 4px 12px; border: 1px solid; border-radius: 6px; }
.good { color: var(--good); } .some { color: var(--some); } .bad { color: var(--bad); }
nav { display: flex; flex-wrap: wrap; gap: 4px 16px; padding: 8px 0; border-bottom: 1px solid var(--line); }
a { color: var(--link); }
.wide { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; margin: 8px 0; }
.wide img { display: block; max-width: none; }
table { border-collapse: collapse; width: 100%; overflow-wrap: normal; }
.text table { table-layout: fixed; min-width: 680px; overflow-wrap: anywhere; }
th, td { padding: 6px 12px; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
tr:last-child td { border-bottom: 0; } th { background: var(--soft); font-weight: 600; white-space: nowrap; }
.numbers td:first-child { white-space: nowrap; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; } .total { font-weight: 600; }
dl { display: grid; grid-template-columns: minmax(140px, max-content) 1fr; gap: 0 16px; }
dt { font-weight: 600; } dd { margin: 0 0 8px; } dd ul { margin: 0; padding: 0; list-style: none; }
.note, footer { color: var(--dim); font-size: 13px; } .note { margin: 4px 0; }
.bar { position: relative; display: block; width: 140px; height: 12px; margin-top: 6px; background: var(--soft); border-radius: 3px; }
.bar span { position: absolute; inset: 0 auto 0 0; border-radius: 3px; }
.most { background: var(--most); } .always { background: var(--always); }
@media (max-width: 600px) { dl { display: block; } h1 { font-size: 22px; } th, td { padding: 4px 8px; } .bar { width: 80px; } }
@media print { nav { display: none; } .wide { overflow: visible; } }
"""
