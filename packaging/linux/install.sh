#!/bin/sh
# Puts Doorstep into the menu of this user, started from the folder in which this file lies.
# With --here it only writes the right place into doorstep.desktop beside it, for a double-click.
# To take it out of the menu: rm ~/.local/share/applications/doorstep.desktop
set -eu

folder=$(cd "$(dirname "$0")" && pwd)
entry="$folder/doorstep.desktop"

escaped=$(printf '%s' "$folder" | sed 's/[&|\\]/\\&/g')
sed -e "s|^Exec=.*|Exec=\"$escaped/doorstep\"|" -e "s|^Icon=.*|Icon=$escaped/doorstep.svg|" \
    "$entry" >"$entry.new"
mv "$entry.new" "$entry"
chmod 755 "$entry"

if [ "${1:-}" != --here ]; then
    menu="${XDG_DATA_HOME:-$HOME/.local/share}/applications"
    mkdir -p "$menu"
    cp "$entry" "$menu/doorstep.desktop"
    echo "Doorstep is in the menu now. Keep the folder $folder where it is, or run this again."
fi
