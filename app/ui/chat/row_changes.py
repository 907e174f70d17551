"""Shows what a flush of the answer changed."""

from app.ui.chat.code_block import CodeBlock
from app.ui.chat.live_answer import Changes
from app.ui.chat.live_rows import LiveRows
from app.ui.chat.message_item import MessageItem
from app.ui.chat.rows import estimated_height


def apply_changes(rows: LiveRows, item: MessageItem, changes: Changes) -> None:
    """Show what a flush changed; rows out of sight are shown when they come into it."""
    for row in changes.removed:
        rows.release(row)
    for row in changes.changed:
        row.is_measured = False
        if row.widget is None:
            row.height = estimated_height(row, rows.width)
    for row, text in changes.grown:
        if isinstance(row.widget, CodeBlock) and row.is_measured:
            row.height = row.widget.append_text(row, text, rows.width - row.indent)
        else:
            row.is_measured = False
            row.height = estimated_height(row, rows.width)
    for row in changes.sealed:
        if isinstance(row.widget, CodeBlock):
            row.height = row.widget.seal(row, rows.width - row.indent)
    rows.updated(item)
