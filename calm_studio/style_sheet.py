"""The style sheet of all widgets, in the colours of a palette. No Qt in here."""

from calm_studio.palettes import Palette


def style_sheet(p: Palette) -> str:
    return f"""
* {{ color: {p.text}; outline: none; }}
QMainWindow, QDialog {{ background: {p.ground}; }}
QToolTip {{ background: {p.field}; color: {p.text}; border: 1px solid {p.line}; padding: 4px; }}
QFrame#topBar {{ background: {p.panel}; border-bottom: 1px solid {p.line}; }}
QFrame#transport {{ background: {p.panel}; border-top: 1px solid {p.line}; }}
QFrame#shelf {{ background: {p.panel}; border-right: 1px solid {p.line}; }}
QFrame#controls {{ background: {p.panel}; border-left: 1px solid {p.line}; }}
QLabel {{ background: transparent; }}
QLabel#appName {{ font-size: 15px; font-weight: 700; }}
QLabel#heading {{ color: {p.muted}; font-size: 11px; font-weight: 600; }}
QLabel#muted, QLabel#hint {{ color: {p.muted}; font-size: 12px; }}
QLineEdit#inPlace {{ background: {p.ground}; border: 1px solid {p.amber}; border-radius: 4px; padding: 0 6px; }}
QLabel#scores {{ color: {p.muted}; font-size: 11px; }}
QLabel#key {{ font-size: 12px; font-weight: 600; }}
QLineEdit#value {{ font-size: 13px; background: transparent; border: 1px solid transparent; padding: 0 2px; }}
QLineEdit#value:hover {{ border-color: {p.line}; }}
QLineEdit#value:focus {{ background: {p.field}; border-color: {p.focus}; }}
QPushButton#midi {{ padding: 0 9px; }}
QPushButton#midi[lit="true"] {{ border-color: {p.amber}; }}
QLabel#chipWords {{ font-size: 12px; }}
QLabel#chip {{ background: {p.field}; border: 1px solid {p.line}; border-radius: 6px;
    padding: 4px 9px; font-size: 12px; }}
QPushButton#chipButton {{ padding: 0; }}
QLabel#chipWords {{ font-size: 12px; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
QScrollBar:vertical {{ background: transparent; width: 8px; margin: 0; }}
QScrollBar::handle:vertical {{ background: {p.line}; border-radius: 4px; min-height: 24px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QPlainTextEdit, QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox {{
    background: {p.field}; border: 1px solid {p.line}; border-radius: 6px; padding: 4px 8px; font-size: 12px;
    selection-background-color: {p.fill}; selection-color: {p.on_fill}; }}
QPlainTextEdit:focus, QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus {{
    border-color: {p.focus}; }}
QSpinBox, QDoubleSpinBox, QComboBox, QLineEdit {{ min-height: 18px; }}
QLineEdit:disabled {{ color: {p.faint}; }}
QLabel#sheetTitle {{ color: {p.blue}; font-size: 12px; font-weight: 600; }}
QLabel#problem {{ color: {p.red}; font-size: 11px; }}
QFrame#field {{ background: {p.field}; border: 1px solid {p.line}; border-radius: 6px; }}
QFrame#field QSpinBox, QFrame#field QDoubleSpinBox {{ background: transparent; border: none; }}
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {{
    width: 0; border: none; }}
QComboBox::drop-down {{ border: none; width: 14px; }}
QComboBox QAbstractItemView {{ background: {p.field}; border: 1px solid {p.line};
    selection-background-color: {p.line}; }}
QPushButton {{ background: {p.field}; border: 1px solid {p.line}; border-radius: 6px;
    padding: 6px 10px; font-size: 12px; }}
QPushButton:hover {{ background: {p.line}; }}
QPushButton:focus {{ border-color: {p.focus}; }}
QPushButton:disabled {{ color: {p.faint}; }}
QPushButton#time {{ background: transparent; border: 1px solid transparent; padding: 2px 4px; text-align: left;
    font-size: 23px; font-weight: 700; }}
QPushButton#time:hover, QPushButton#time:focus {{ border-color: {p.line}; }}
QPushButton#chip {{ padding: 0; }}
QPushButton#blind {{ font-size: 15px; font-weight: 700; }}
QPushButton#blind:checked {{ background: {p.amber_ground}; border-color: {p.amber}; }}
QPushButton#link {{ background: transparent; border: none; padding: 1px 2px; color: {p.muted};
    text-decoration: underline; }}
QPushButton#link:hover {{ color: {p.text}; }}
QPushButton#link:focus {{ color: {p.text}; border: 1px solid {p.focus}; border-radius: 4px; padding: 0 1px; }}
QPushButton#link:checked {{ color: {p.amber}; }}
QPushButton#round {{ border-radius: 7px; padding: 0; }}
QPushButton#round:checked, QPushButton#round[lit="true"] {{ background: {p.amber_ground}; border-color: {p.amber}; }}
QPushButton#continue {{ background: {p.fill}; border: none; border-radius: 6px; }}
QPushButton#continue:hover {{ background: {p.fill_lit}; }}
QPushButton#continue:focus {{ border: 2px solid {p.focus}; }}
QPushButton#continue:disabled {{ background: {p.amber_ground}; }}
QPushButton#drag {{ padding: 2px 9px; border-radius: 5px; font-size: 11px; color: {p.muted}; }}
QPushButton#mark {{ background: transparent; border: none; border-radius: 4px; padding: 0; }}
QPushButton#mark:focus {{ border: 1px solid {p.focus}; }}
QPushButton#mark:hover {{ background: {p.line}; }}
QPushButton#drag[lit="true"] {{ background: {p.fill}; border-color: {p.fill}; color: {p.on_fill}; font-weight: 700; }}
QFrame#segments {{ background: {p.field}; border: 1px solid {p.line}; border-radius: 6px; }}
QPushButton#segment {{ background: transparent; border: none; border-right: 1px solid {p.line}; border-radius: 0; }}
QPushButton#segment:checked {{ background: {p.amber_ground}; }}
QPushButton#segment:focus {{ border: 1px solid {p.focus}; }}
QPushButton#segment[last="true"] {{ border-right: none; }}
QFrame#automation {{ background: {p.panel}; border: 1px solid {p.line}; border-radius: 6px; }}
QFrame#popover {{ background: {p.panel}; border: 1px solid {p.faint}; border-radius: 8px; }}
QTreeWidget#commands {{ background: transparent; border: none; font-size: 12px; }}
QTreeWidget#commands::item {{ padding: 4px 6px; border: none; }}
QTreeWidget#commands::item:selected {{ background: {p.line}; color: {p.text}; }}
QPushButton#primary {{ background: {p.fill}; border-color: {p.fill}; color: {p.on_fill}; font-weight: 600; }}
QPushButton#primary:focus {{ border-color: {p.focus}; }}
QCheckBox {{ font-size: 12px; spacing: 7px; }}
QCheckBox::indicator {{ width: 14px; height: 14px; border: 1px solid {p.faint}; border-radius: 4px;
    background: {p.field}; }}
QCheckBox::indicator:checked {{ background: {p.fill}; border-color: {p.fill}; }}
QCheckBox:focus {{ color: {p.focus}; }}
QCheckBox::indicator:focus {{ border-color: {p.focus}; }}
QProgressBar {{ background: {p.panel}; border: none; border-radius: 3px; max-height: 6px; }}
QProgressBar::chunk {{ background: {p.fill}; border-radius: 3px; }}
QMenu {{ background: {p.field}; border: 1px solid {p.faint}; border-radius: 6px; padding: 4px; }}
QMenu::item {{ padding: 5px 26px 5px 12px; font-size: 12px; border-radius: 4px; }}
QMenu::item:selected {{ background: {p.line}; }}
QMenu::item:disabled {{ color: {p.faint}; }}
QMenu::separator {{ height: 1px; background: {p.line}; margin: 4px 6px; }}
QFrame#banner {{ background: {p.red_ground}; border: 1px solid {p.red}; border-radius: 6px; }}
QFrame#banner[kind="info"] {{ background: {p.green_ground}; border-color: {p.green}; }}
QFrame#banner QPushButton {{ background: transparent; border: none; padding: 2px 6px; }}
"""
