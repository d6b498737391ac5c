#!/bin/sh
# 打开考试页面。浏览器数据保留在 ~/.config/kaochang：未送达的作答在其中，考前考后都不要自动删除。
# Opens the exam page. The browser's data stay in ~/.config/kaochang: answers that the room has not got yet are in them.
set -eu
url=${KAOCHANG_URL:-https://room.exam:8443/}
browser=$(command -v chromium || command -v google-chrome || command -v chromium-browser)

# Chinese input: cage has no input-method protocol of its own, so the browser runs on Xwayland with fcitx5 beside it.
# 中文输入：cage 没有输入法协议，浏览器经 Xwayland 运行，旁边是 fcitx5。
platform=wayland
if command -v fcitx5 >/dev/null; then
  export GTK_IM_MODULE=fcitx XMODIFIERS=@im=fcitx
  fcitx5 -d
  platform=x11
fi

exec "$browser" --kiosk --no-first-run --no-default-browser-check --noerrdialogs \
  --user-data-dir="$HOME/.config/kaochang" --ozone-platform="$platform" --password-store=basic \
  --disable-pinch --overscroll-history-navigation=0 --autoplay-policy=no-user-gesture-required \
  --lang=zh-CN "$url"
