@echo off
rem The exam page in full screen on Windows 7, 8.1 and later, reopened when it is closed. Chrome 74 to 109 on Windows 7.
rem The browser's data stay in C:\Kaochang\browser: answers that the room has not got yet are in them.
setlocal
set "url=https://room.exam:8443/"
set "data=C:\Kaochang\browser"
set "browser="
for %%b in (
  "C:\Kaochang\chrome\chrome.exe"
  "%ProgramFiles%\Google\Chrome\Application\chrome.exe"
  "%ProgramFiles(x86)%\Google\Chrome\Application\chrome.exe"
  "%LocalAppData%\Google\Chrome\Application\chrome.exe"
) do if not defined browser if exist %%b set "browser=%%~b"
if not defined browser goto nobrowser

:again
start "" /wait "%browser%" --kiosk --no-first-run --no-default-browser-check --noerrdialogs --disable-pinch --overscroll-history-navigation=0 --autoplay-policy=no-user-gesture-required --user-data-dir="%data%" "%url%"
rem Two seconds, without a program that needs the network.
ping -n 3 127.0.0.1 >nul
goto again

:nobrowser
echo Chrome was not found. Call the system administrator.
pause
exit /b 1
