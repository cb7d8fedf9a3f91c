"""What the commands found, as text, tables, trees, Markdown, Mermaid and SVG."""
