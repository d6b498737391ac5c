@echo off
rem Takes the room's CA away again. Run as administrator: remove-windows.cmd kaochang-room-ca.crt
setlocal
if "%~1"=="" goto usage
if not exist "%~1" goto missing
net session >nul 2>&1
if errorlevel 1 goto admin
rem certutil finds it by its SHA-1 thumbprint: the hash of its DER form.
set "thumb="
set "der=%TEMP%\kaochang-room-ca.der"
if exist "%der%" del "%der%"
certutil -decode "%~1" "%der%" >nul 2>&1
if not exist "%der%" copy /y "%~1" "%der%" >nul
for /f "skip=1 delims=" %%h in ('certutil -hashfile "%der%" SHA1') do if not defined thumb set "thumb=%%h"
del "%der%"
if not defined thumb goto failed
set "thumb=%thumb: =%"
certutil -delstore Root %thumb%
if errorlevel 1 goto failed
echo Removed.
exit /b 0

:usage
echo Usage: remove-windows.cmd kaochang-room-ca.crt
exit /b 2

:missing
echo There is no file %~1
exit /b 1

:admin
echo Run this as administrator.
exit /b 1

:failed
echo The CA was not found or could not be removed.
exit /b 1
