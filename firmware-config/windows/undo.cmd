@echo off
rem Takes back what apply.cmd changed. Run as administrator.
powershell.exe -NoProfile -ExecutionPolicy Bypass -File "%~dp0undo.ps1"
set "status=%errorlevel%"
pause
exit /b %status%
