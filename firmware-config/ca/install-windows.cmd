@echo off
rem Makes this PC trust the room's CA. Run as administrator: install-windows.cmd kaochang-room-ca.crt FINGERPRINT
rem FINGERPRINT is the SHA-256 that the server shows; without it nothing is installed.
setlocal
if "%~1"=="" goto usage
if "%~2"=="" goto usage
if not exist "%~1" goto missing
net session >nul 2>&1
if errorlevel 1 goto admin
set "wanted=%~2"
set "wanted=%wanted::=%"
set "wanted=%wanted: =%"
certutil -hashfile "%~1" SHA256 >nul 2>&1
if errorlevel 1 goto unreadable
certutil -dump "%~1" >nul 2>&1
if errorlevel 1 goto unreadable
rem The SHA-256 of the certificate itself: of its DER form, which certutil writes first.
set "der=%TEMP%\kaochang-room-ca.der"
if exist "%der%" del "%der%"
certutil -decode "%~1" "%der%" >nul 2>&1
if not exist "%der%" copy /y "%~1" "%der%" >nul
set "found=no"
for /f "skip=1 delims=" %%h in ('certutil -hashfile "%der%" SHA256') do call :compare "%%h"
del "%der%"
if not "%found%"=="yes" goto wrong
certutil -f -addstore Root "%~1"
if errorlevel 1 goto failed
echo Installed. The exam page must open without a warning.
exit /b 0

:compare
set "line=%~1"
set "line=%line: =%"
if /i "%line%"=="%wanted%" set "found=yes"
exit /b 0

:usage
echo Usage: install-windows.cmd kaochang-room-ca.crt FINGERPRINT
exit /b 2

:missing
echo There is no file %~1
exit /b 1

:admin
echo Run this as administrator.
exit /b 1

:unreadable
echo %~1 is no certificate.
exit /b 1

:wrong
echo WRONG FINGERPRINT: this is not the CA of your room. Nothing was installed.
exit /b 1

:failed
echo certutil refused. Nothing was installed.
exit /b 1
