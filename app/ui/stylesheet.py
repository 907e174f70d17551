"""The look of every control, written once with the names of the theme's tokens."""

import re

from PySide6.QtGui import QPalette

from app.ui.theme import Theme

# `@name` is a colour or a size of the theme. Rings are part of every control's box, transparent
# until it has the focus, so that nothing moves when the focus does.
_TEMPLATE = """
QToolTip {
    background: @text; color: @surface; border: none; padding: 4px 8px; font-size: @captionpx;
}

QMenu {
    background: @surface; color: @text; border: 1px solid @line; padding: 4px; menu-scrollable: 1;
}
QMenu::item {
    padding: 6px @arrow_spacepx 6px 12px; border-radius: @radiuspx; font-size: @secondarypx;
}
QMenu::item:selected { background: @selected; }
QMenu::item:disabled { color: @muted; }
QMenu::separator { height: 1px; background: @line; margin: 4px 8px; }
QMenu::icon { padding-left: 8px; }
QMenu::right-arrow {
    width: @arrowpx; height: @arrow_highpx; right: 10px;
    background: qconicalgradient(
        cx: 1, cy: 0.5, angle: 0, stop: 0 transparent, stop: 0.422 transparent, stop: 0.43 @muted,
        stop: 0.57 @muted, stop: 0.578 transparent, stop: 1 transparent
    );
}

QScrollBar:vertical { background: transparent; width: @scrollbar_widthpx; margin: 0; }
QScrollBar:horizontal { background: transparent; height: @scrollbar_widthpx; margin: 0; }
QScrollBar::handle { background: @scrollbar; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: @scrollbar_lengthpx; }
QScrollBar::handle:horizontal { min-width: @scrollbar_lengthpx; }
QScrollBar::handle:hover { background: @muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QLabel[kind="title"] { font-size: @titlepx; font-weight: @weight_strong; color: @text; }
QLabel[kind="heading"] { font-size: @secondarypx; font-weight: @weight_strong; color: @text; }
QLabel[kind="secondary"] { font-size: @secondarypx; color: @muted; }
QLabel[kind="value"] { font-size: @secondarypx; color: @text; }
QLabel[tone] { font-size: @secondarypx; }
QLabel[tone="ok"] { color: @ok; }
QLabel[tone="warn"] { color: @warn; }
QLabel[tone="danger"] { color: @danger; }
QLabel[tone="muted"] { color: @muted; }
QLabel[kind="caption"] { font-size: @captionpx; color: @muted; }
QLabel[kind="caption"][tone="danger"] { color: @danger; }

QToolButton[kind="icon"] {
    background: transparent; border: @focus_ringpx solid transparent;
    border-radius: @radiuspx; padding: 5px;
}
QToolButton[kind="icon"]:hover { background: @hover; }
QToolButton[kind="icon"]:pressed, QToolButton[kind="icon"]:open { background: @selected; }
QToolButton[kind="icon"]:focus { border-color: @accent; }
QToolButton[kind="icon"]::menu-indicator { image: none; }

QToolButton[kind="nav"] {
    background: transparent; color: @text; border: @focus_ringpx solid transparent;
    border-radius: @radiuspx; padding: @row_paddingpx 6px; font-size: @secondarypx;
}
QToolButton[kind="nav"]:hover { background: @hover; }
QToolButton[kind="nav"]:checked { background: @selected; font-weight: @weight_strong; }
QToolButton[kind="nav"]:focus { border-color: @accent; }

QPushButton {
    background: @surface; color: @text; border: 1px solid @line; border-radius: @radiuspx;
    padding: @control_paddingpx 13px; margin: 1px; font-size: @secondarypx;
    font-weight: @weight_strong;
}
QPushButton:hover { background: @hover; }
QPushButton:pressed { background: @selected; }
QPushButton:focus { border: @focus_ringpx solid @accent; margin: 0; }
QPushButton:disabled { color: @muted; background: @sunken; }
QPushButton[kind="primary"] { background: @accent; color: @on_accent; border-color: @accent; }
QPushButton[kind="primary"]:hover, QPushButton[kind="primary"]:pressed {
    background: @accent_strong; border-color: @accent_strong;
}
QPushButton[kind="primary"]:focus { border: @focus_ringpx solid @text; }
QPushButton[kind="primary"]:disabled {
    background: @sunken; color: @muted; border-color: @line;
}
QPushButton[kind="danger"] { color: @danger; }
QPushButton[kind="danger"]:disabled { color: @muted; }
QPushButton[kind="plain"] { background: transparent; border-color: transparent; color: @accent; }
QPushButton[kind="plain"]:disabled { color: @muted; }
QPushButton[kind="plain"]:hover { background: @hover; }
QPushButton[kind="plain"]:focus { border: @focus_ringpx solid @accent; margin: 0; }
QPushButton[kind="example"] {
    background: transparent; font-weight: @weight_normal; color: @muted; padding: 7px 13px;
    border-radius: @round_controlpx;
}
QPushButton[kind="example"]:hover { background: @hover; color: @text; }
QPushButton[kind="example"]:focus { color: @text; }
QPushButton[kind="quiet"] {
    background: transparent; border-color: transparent; color: @muted; padding: 2px 8px;
    font-size: @captionpx; font-weight: @weight_normal;
}
QPushButton[kind="quiet"]:hover { background: @hover; color: @text; }
QPushButton[kind="quiet"]:focus { border: @focus_ringpx solid @accent; margin: 0; color: @text; }
QPushButton[kind="quiet"]::menu-indicator { image: none; width: 0; }
QPushButton[kind="pill"] { border-radius: @round_controlpx; padding: 7px 14px; }
QPushButton#newChat { text-align: left; padding: 7px 8px; }

QLineEdit {
    background: @surface; color: @text; border: 1px solid @line; border-radius: @radiuspx;
    padding: @control_paddingpx 7px; margin: 1px; font-size: @secondarypx;
    placeholder-text-color: @muted;
    selection-background-color: @selection; selection-color: @text;
}
QLineEdit:focus { border: @focus_ringpx solid @accent; margin: 0; }

QComboBox, QSpinBox, QDoubleSpinBox, QKeySequenceEdit QLineEdit {
    background: @surface; color: @text; border: 1px solid @line; border-radius: @radiuspx;
    padding: @control_paddingpx 9px; margin: 1px; font-size: @secondarypx;
    selection-background-color: @selection; selection-color: @text;
}
QComboBox:hover, QSpinBox:hover, QDoubleSpinBox:hover { background: @hover; }
QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus {
    border: @focus_ringpx solid @accent; margin: 0;
}
QComboBox:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled {
    color: @muted; background: @sunken;
}
QComboBox::drop-down { border: none; width: @arrow_spacepx; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView {
    background: @surface; color: @text; border: 1px solid @line; padding: 4px; outline: none;
    font-size: @secondarypx; selection-background-color: @selected; selection-color: @text;
}
QSpinBox::up-button, QSpinBox::down-button { width: 0; border: none; }
QDoubleSpinBox::up-button, QDoubleSpinBox::down-button { width: 0; border: none; }

#results {
    background: transparent; border: none; border-top: 1px solid @line; color: @text;
    font-size: @secondarypx;
}
#results::item { padding: 0 10px; }
#results:focus { border-top: @focus_ringpx solid @accent; }
#results QHeaderView, #results QHeaderView::section {
    background: transparent; border: none; color: @muted; font-size: @captionpx;
    font-weight: @weight_strong;
}
#results QHeaderView::section { padding: 0 13px; }

#plainList {
    background: @surface; border: 1px solid @line; border-radius: @radiuspx; padding: 4px;
    outline: none; font-size: @secondarypx;
}
#plainList::item { padding: 4px 6px; border-radius: @radiuspx; color: @text; }
#plainList::item:hover { background: @hover; }
#plainList::item:selected { background: @selected; color: @text; }
#plainList:focus { border: @focus_ringpx solid @accent; padding: 3px; }

QRadioButton {
    color: @text; font-size: @bodypx; spacing: 8px; padding: 1px;
    border: @focus_ringpx solid transparent; border-radius: @radiuspx;
}
QRadioButton:focus { border-color: @accent; }
QRadioButton:disabled { color: @muted; }
QRadioButton::indicator {
    background: @surface; border: 2px solid @muted; width: @handlepx; height: @handlepx;
    border-radius: @handle_roundpx;
}
QRadioButton::indicator:checked {
    border-color: @accent;
    background: qradialgradient(
        cx: 0.5, cy: 0.5, radius: 0.5, fx: 0.5, fy: 0.5,
        stop: 0.6 @accent, stop: 0.7 @surface
    );
}

QSlider { min-height: @switchpx; padding: 3px 0; }
QSlider::groove:horizontal { background: @line; height: 4px; border-radius: 2px; }
QSlider::sub-page:horizontal { background: @accent; height: 4px; border-radius: 2px; }
QSlider::handle:horizontal {
    background: @surface; border: 2px solid @accent; width: @handlepx;
    margin: -@handle_overpx 0; border-radius: @handle_roundpx;
}
QSlider::handle:horizontal:focus { background: @accent; border-color: @text; }
QSlider::groove:horizontal:disabled, QSlider::sub-page:horizontal:disabled { background: @line; }
QSlider::handle:horizontal:disabled { border-color: @muted; }

QProgressBar {
    background: @sunken; border: none; border-radius: 3px; min-height: 6px; max-height: 6px;
}
QProgressBar::chunk { background: @accent; border-radius: 3px; }

#card { background: @surface; border: 1px solid @line; border-radius: @radius_cardpx; }
#card[is_current="true"] { border: 2px solid @accent; }
QPushButton[kind="tab"] {
    background: transparent; border-color: transparent; color: @muted;
    border-radius: @round_controlpx; padding: @control_paddingpx 11px; font-weight: @weight_normal;
}
QPushButton[kind="tab"]:hover { background: @hover; color: @text; }
QPushButton[kind="tab"]:checked { background: @selected; color: @text; }
QPushButton[kind="tab"]:focus { border: @focus_ringpx solid @accent; margin: 0; }

#sidebar { background: @window; border: none; border-right: 1px solid @line; }
#conversations { background: transparent; border: none; outline: none; }
#page { background: @surface; }
#pageScroll, #pageScroll > QWidget > QWidget { background: transparent; }
#splitter::handle { background: transparent; }

#composer { background: @surface; border: 1px solid @line; border-radius: 14px; margin: 1px; }
#composer[is_focused="true"] { border: @focus_ringpx solid @accent; margin: 0; }
#composer QPlainTextEdit {
    background: transparent; border: none; color: @text; font-size: @bodypx;
    placeholder-text-color: @muted;
    selection-background-color: @selection; selection-color: @text;
}
#queued { background: @sunken; border-radius: @radius_cardpx; }
#editor {
    background: transparent; border: none; color: @text; font-size: @bodypx;
    selection-background-color: @selection; selection-color: @text;
}
#panel { background: @window; border: none; border-left: 1px solid @line; }
#findBar { background: @surface; border: 1px solid @line; border-radius: @radius_cardpx; }
#palette { background: @surface; border: 1px solid @line; border-radius: @radius_cardpx; }
#paletteField { border: none; margin: 0; padding: 8px 10px; font-size: @bodypx; }
#paletteField:focus { border: none; }
#popup {
    background: @surface; border: 1px solid @line; border-radius: @radius_cardpx; padding: 3px;
    outline: none;
}
#popup::item { padding: 6px 8px; border-radius: @radiuspx; color: @text; }
#popup::item:selected { background: @selected; color: @text; }
#dialogText, #dialogList {
    background: @surface; border: 1px solid @line; border-radius: @radiuspx; margin: 1px;
    color: @text; font-size: @secondarypx; placeholder-text-color: @muted; padding: 4px;
    selection-background-color: @selection; selection-color: @text;
}
#dialogText:focus, #dialogList:focus { border: @focus_ringpx solid @accent; margin: 0; }
#dialogList { outline: none; }
#dialogList::item { padding: 5px 8px; border-radius: @radiuspx; }
#dialogList::item:selected { background: @selected; color: @text; }
#dropTarget {
    background: @surface; border: 2px dashed @accent; border-radius: @radius_cardpx;
    color: @accent; font-size: @titlepx; font-weight: @weight_strong;
}
#reader { background: @window; border: none; border-right: 1px solid @line; }
#citationBar { background: @surface; border-top: 1px solid @line; }
#thumbnails { background: @window; border: none; outline: none; }
#documentText {
    background: @surface; border: none; color: @text; font-size: @bodypx;
    selection-background-color: @selection; selection-color: @text;
}
QLabel[kind="warning"] { font-size: @secondarypx; color: @warn; }
#factList, #libraryList { background: transparent; border: none; outline: none; }
#paletteList { background: transparent; border: none; outline: none; }
QToolButton#send {
    background: @accent; border: @focus_ringpx solid @accent; border-radius: @round_iconpx;
    padding: 5px;
}
QToolButton#send:hover { background: @accent_strong; border-color: @accent_strong; }
QToolButton#send:focus { border-color: @text; }
QToolButton#send:disabled { background: @sunken; border-color: @sunken; }

#banner[tone="danger"] { background: @danger_soft; border-radius: @radius_cardpx; }
#banner[tone="warn"] { background: @warn_soft; border-radius: @radius_cardpx; }
#banner[tone="info"] { background: @sunken; border-radius: @radius_cardpx; }

#toast { background: @surface; border: 1px solid @line; border-radius: @radius_cardpx; }

QDialog { background: @surface; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
#url {
    background: @sunken; border: @focus_ringpx solid transparent;
    border-radius: @radiuspx; padding: 8px; color: @text; font-size: @codepx;
    selection-background-color: @selection; selection-color: @text;
}
#url:focus { border-color: @accent; }
"""


def stylesheet(theme: Theme) -> str:
    """The application's style sheet in this theme."""
    tokens = dict(theme.colors)
    tokens |= {f"{name}px": f"{size}px" for name, size in theme.sizes.items()}
    tokens |= {f"{name}px": f"{size}px" for name, size in _round(theme).items()}
    tokens |= {name: str(size) for name, size in theme.sizes.items() if name not in tokens}
    return re.sub(r"@(\w+)", lambda match: tokens[match[1]], _TEMPLATE)


def _round(theme: Theme) -> dict[str, int]:
    """Radii of what is round: Qt draws a square where one is more than half of the height.

    And the arrow of a submenu: Qt's own stays as small as it is.
    """
    handle = theme.size("icon") * 2 // 3
    return {
        "arrow": theme.size("secondary") * 2 // 5,
        "arrow_high": theme.size("secondary") * 3 // 5,
        "round_control": int(theme.size("secondary") * 1.15 / 2) + theme.size("control_padding"),
        "round_icon": (theme.size("icon") + 16) // 2,
        "handle": handle,
        "handle_over": handle // 2,
        "handle_round": handle // 2 + 2,
    }


def palette(theme: Theme) -> QPalette:
    """Colours for whatever the style sheet does not dress."""
    role = QPalette.ColorRole
    result = QPalette()
    for role_, token in {
        role.Window: "surface",
        role.WindowText: "text",
        role.Base: "surface",
        role.AlternateBase: "sunken",
        role.Text: "text",
        role.PlaceholderText: "muted",
        role.Button: "surface",
        role.ButtonText: "text",
        role.BrightText: "danger",
        role.ToolTipBase: "text",
        role.ToolTipText: "surface",
        role.Highlight: "selection",
        role.HighlightedText: "text",
        role.Link: "accent",
        role.LinkVisited: "accent",
        role.Accent: "accent",
        role.Light: "surface",
        role.Midlight: "hover",
        role.Mid: "line",
        role.Dark: "line",
        role.Shadow: "line",
    }.items():
        result.setColor(role_, theme.color(token))
    for role_ in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, role_, theme.color("muted"))
    return result
