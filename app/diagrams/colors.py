"""The theme's colours under the names that Mermaid's themes have for them."""

_WAYS = 12  # colours of a scale
_SERIES = ("accent", "chart_kv", "chart_compute", "syntax_keyword", "danger", "ok")
_SOFT, _LESS_SOFT = 0.30, 0.5  # how much of a colour is in a surface that text stands on

# Mermaid derives most colours from a few; these are the ones that its derivation gets wrong.
_NAMES = {
    "text": (
        *("primaryTextColor", "secondaryTextColor", "tertiaryTextColor", "textColor"),
        *("titleColor", "noteTextColor", "actorTextColor", "signalColor", "signalTextColor"),
        *("labelTextColor", "loopTextColor", "taskTextColor", "taskTextOutsideColor"),
        *("taskTextLightColor", "taskTextDarkColor", "pieTitleTextColor", "pieSectionTextColor"),
        *("pieLegendTextColor", "errorTextColor", "quadrantPointTextFill", "commitLabelColor"),
        *("tagLabelColor", "transitionLabelColor", "stateLabelColor", "relationLabelColor"),
        *("requirementTextColor", "quadrantTitleFill", "nodeTextColor", "classText"),
    ),
    "muted": (
        *("primaryBorderColor", "secondaryBorderColor", "lineColor", "nodeBorder"),
        *("actorBorder", "actorLineColor", "labelBoxBorderColor", "activationBorderColor"),
        *("taskBorderColor", "doneTaskBorderColor", "personBorder", "tagLabelBorder"),
        *("transitionColor", "innerEndBackground", "specialStateColor", "relationColor"),
        *("requirementBorderColor", "archEdgeColor", "archEdgeArrowColor"),
    ),
    "line": (
        *("tertiaryBorderColor", "clusterBorder", "gridColor", "pieOuterStrokeColor"),
        *("compositeBorder", "archGroupBorderColor"),
    ),
    "surface": (
        *("primaryColor", "mainBkg", "actorBkg", "labelBoxBkgColor", "personBkg"),
        *("attributeBackgroundColorOdd", "rowOdd", "quadrant1Fill", "quadrant3Fill"),
        *("tagLabelBackground", "stateBkg", "compositeTitleBackground"),
        *("requirementBackground",),
    ),
    "window": (
        *("tertiaryColor", "clusterBkg", "sectionBkgColor", "sectionBkgColor2"),
        *("attributeBackgroundColorEven", "rowEven", "quadrant2Fill", "quadrant4Fill"),
        *("compositeBackground",),
    ),
    "sunken": (
        *("background", "edgeLabelBackground", "altSectionBkgColor", "pieStrokeColor"),
        *("commitLabelBackground", "labelBackgroundColor", "relationLabelBackground"),
    ),
    "user": ("secondaryColor", "activationBkgColor", "activeTaskBkgColor"),
    "selection": ("taskBkgColor",),
    "selected": ("doneTaskBkgColor",),
    "accent": ("activeTaskBorderColor", "quadrantPointFill"),
    "warn_soft": ("noteBkgColor",),
    "warn": ("noteBorderColor",),
    "danger_soft": ("critBkgColor", "errorBkgColor"),
    "danger": ("critBorderColor", "todayLineColor"),
}
_AXES = {
    "text": ("titleColor", "xAxisLabelColor", "xAxisTitleColor", "yAxisLabelColor"),
    "muted": ("xAxisTickColor", "xAxisLineColor", "yAxisTickColor", "yAxisLineColor"),
}


def theme_variables(colors: dict[str, str], *, is_dark: bool) -> dict[str, object]:
    """For Mermaid's theme "base"."""
    found: dict[str, object] = {
        name: colors[token] for token, names in _NAMES.items() for name in names
    }
    found |= {"darkMode": is_dark, "dropShadow": "none", "useGradient": False, "strokeWidth": 1}
    found |= {"pieOpacity": "1", "pieTitleTextSize": "18px"}
    found |= {"pieSectionTextSize": "14px", "pieLegendTextSize": "14px"}
    series = [colors[token] for token in _SERIES]
    found["xyChart"] = {
        "backgroundColor": "transparent",
        "yAxisTitleColor": colors["text"],
        "plotColorPalette": ",".join(series),
        **{name: colors[token] for token, names in _AXES.items() for name in names},
    }
    soft = [
        mixed(color, colors["surface"], part) for part in (_SOFT, _LESS_SOFT) for color in series
    ]
    for number in range(_WAYS):
        found[f"cScale{number}"] = found[f"pie{number + 1}"] = soft[number]
        found[f"cScaleLabel{number}"] = colors["text"]
        found[f"cScalePeer{number}"] = found[f"cScaleInv{number}"] = colors["muted"]
        found[f"fillType{number}"] = soft[number]
        found[f"git{number}"] = found[f"actor{number}"] = series[number % len(series)]
        found[f"gitBranchLabel{number}"] = found[f"gitInv{number}"] = colors["surface"]
    return found


def mixed(color: str, ground: str, part: float) -> str:
    """``part`` of a colour on a ground, both as "#RRGGBB"."""
    pairs = zip(_channels(color), _channels(ground), strict=True)
    return "#" + "".join(f"{round(over * part + under * (1 - part)):02X}" for over, under in pairs)


def is_light(color: str) -> bool:
    red, green, blue = _channels(color)
    return 0.299 * red + 0.587 * green + 0.114 * blue > 140


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
