#!/bin/sh
# Draws assets/icon.svg as the window's icon: 64 × 64 pixels, four bytes each (red, green, blue, opacity).
# Needs librsvg2-bin and imagemagick.
set -e
cd "$(dirname "$0")/.."
drawn=$(mktemp --suffix=.png)
trap 'rm -f "$drawn"' EXIT
rsvg-convert -w 64 -h 64 icon.svg -o "$drawn"
convert "$drawn" -depth 8 rgba:icon-64.rgba
