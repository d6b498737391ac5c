@echo off
rem Locks this PC down. Run as administrator: apply.cmd theory 192.168.10.2 [further arguments of apply.ps1]
if "%~2"=="" goto usage
powershell.exe -NoProfile -ExecutionPolicy Bypass -File "%~dp0apply.ps1" -Exam %1 -Server %2 %3 %4 %5 %6 %7 %8 %9
exit /b %errorlevel%

:usage
echo Usage: apply.cmd theory^|practical SERVER-ADDRESS [-User exam] [-Also ADDRESS:PORT] [-With FILE.reg]
exit /b 2
