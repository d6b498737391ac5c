@echo off
rem Checks this PC and changes nothing. Run as administrator.
powershell.exe -NoProfile -ExecutionPolicy Bypass -File "%~dp0verify.ps1"
set "status=%errorlevel%"
pause
exit /b %status%
