# 供 apply、verify、undo 共用：读取 .reg 文件，读写注册表，记录每一项更改。只用 PowerShell 2.0（Windows 7 自带）。
# Shared by apply, verify and undo: reads the .reg files, reads and writes the registry, records every change.
# PowerShell 2.0 only: that is what Windows 7 has.

# Users may read this folder and write nothing in it; ProgramData would let them.
$StateFolder = Join-Path $env:ProgramFiles 'Kaochang\lockdown'
$RecordFile = Join-Path $StateFolder 'changes.txt'
$HiveName = 'KaochangExam'
$WorkFolder = 'C:\KaochangWork'
$Services = 'WlanSvc', 'bthserv', 'wuauserv', 'UsoSvc', 'SharedAccess', 'icssvc'

function Stop-Here([string]$Text) {
  Write-Host $Text -ForegroundColor Red
  exit 1
}

function Assert-Administrator {
  $identity = [Security.Principal.WindowsIdentity]::GetCurrent()
  $principal = New-Object Security.Principal.WindowsPrincipal($identity)
  if (-not $principal.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {
    Stop-Here '请以管理员身份运行 / Run this as administrator'
  }
  # A 32-bit PowerShell would write a registry that nobody reads.
  if ($env:PROCESSOR_ARCHITEW6432) { Stop-Here '请用 64 位 PowerShell / Use the 64-bit PowerShell' }
}

function Get-RootKey([string]$Key) {
  $parts = $Key.Split('\', 2)
  switch ($parts[0]) {
    'HKEY_LOCAL_MACHINE' { return [Microsoft.Win32.Registry]::LocalMachine }
    'HKEY_USERS' { return [Microsoft.Win32.Registry]::Users }
  }
  throw "Not a key of ours: $Key"
}

function Get-SubPath([string]$Key) { return $Key.Split('\', 2)[1] }

# One object a value: Key, Name, Kind (DWord or String), Value.
function Read-RegFile([string]$Path) {
  $key = $null
  foreach ($line in [IO.File]::ReadAllLines($Path)) {
    if ($line -match '^\[([^-].*)\]$') { $key = $Matches[1] }
    elseif ($line -match '^"([^"]+)"=dword:([0-9a-f]{8})$') {
      $number = [Convert]::ToInt32($Matches[2], 16)
      New-Object PSObject -Property @{ Key = $key; Name = $Matches[1]; Kind = 'DWord'; Value = $number }
    }
    elseif ($line -match '^"([^"]+)"="(.*)"$') {
      $name = $Matches[1]
      $text = $Matches[2] -replace '\\(["\\])', '$1'
      New-Object PSObject -Property @{ Key = $key; Name = $name; Kind = 'String'; Value = $text }
    }
    elseif ($line -and $line -notmatch '^(;|Windows Registry Editor)') { throw "${Path}: $line" }
  }
}

# A service that this Windows has not gets no key.
function Test-Applies($Setting) {
  if ($Setting.Key -notmatch '^HKEY_LOCAL_MACHINE\\(SYSTEM\\CurrentControlSet\\Services\\[^\\]+)') { return $true }
  $service = [Microsoft.Win32.Registry]::LocalMachine.OpenSubKey($Matches[1])
  if ($null -eq $service) { return $false }
  $service.Close()
  return $true
}

function Get-RegValue($Setting) {
  $opened = (Get-RootKey $Setting.Key).OpenSubKey((Get-SubPath $Setting.Key))
  if ($null -eq $opened) { return $null }
  $value = $opened.GetValue($Setting.Name, $null, 'DoNotExpandEnvironmentNames')
  $opened.Close()
  return $value
}

function ConvertTo-Field([string]$Text) {
  return [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($Text))
}

function ConvertFrom-Field([string]$Field) {
  return [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($Field))
}

# What is to be changed is on the disk before it is changed: a PC that loses its mains in between can still be undone.
function Add-Record([string[]]$Fields) {
  $line = [string]::Join("`t", $Fields) + "`r`n"
  $bytes = [Text.Encoding]::UTF8.GetBytes($line)
  $stream = New-Object IO.FileStream($RecordFile, 'Append', 'Write', 'Read', 4096, 'WriteThrough')
  $stream.Write($bytes, 0, $bytes.Length)
  $stream.Close()
}

function Set-Recorded($Setting) {
  $root = Get-RootKey $Setting.Key
  $path = Get-SubPath $Setting.Key
  $opened = $root.OpenSubKey($path)
  if ($null -eq $opened) {
    Add-Record 'key', (ConvertTo-Field $Setting.Key)
    Add-Record 'value', (ConvertTo-Field $Setting.Key), (ConvertTo-Field $Setting.Name), 'None', ''
  }
  else {
    $before = $opened.GetValue($Setting.Name, $null, 'DoNotExpandEnvironmentNames')
    $kind = 'None'
    $kept = ''
    if ($null -ne $before) {
      $kind = $opened.GetValueKind($Setting.Name).ToString()
      if ($kind -eq 'Binary') { $kept = [Convert]::ToBase64String($before) }
      elseif ($kind -eq 'MultiString') { $kept = ConvertTo-Field ([string]::Join("`0", $before)) }
      else { $kept = ConvertTo-Field ([string]$before) }
    }
    $opened.Close()
    Add-Record 'value', (ConvertTo-Field $Setting.Key), (ConvertTo-Field $Setting.Name), $kind, $kept
  }
  $changed = $root.CreateSubKey($path)
  $changed.SetValue($Setting.Name, $Setting.Value, [Microsoft.Win32.RegistryValueKind]$Setting.Kind)
  $changed.Close()
}

# The registry of the candidates' account; it has to be signed out, and to have been signed in once.
function Mount-UserHive([string]$User) {
  $account = New-Object Security.Principal.NTAccount($User)
  $sid = $account.Translate([Security.Principal.SecurityIdentifier]).Value
  $list = "SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList\$sid"
  $entry = [Microsoft.Win32.Registry]::LocalMachine.OpenSubKey($list)
  if ($null -eq $entry) { Stop-Here "用户 $User 还没有登录过 / $User has never signed in on this PC" }
  $folder = $entry.GetValue('ProfileImagePath')
  $entry.Close()
  $signedIn = [Microsoft.Win32.Registry]::Users.OpenSubKey($sid)
  if ($null -ne $signedIn) {
    $signedIn.Close()
    Stop-Here "请先注销用户 $User / Sign $User out first"
  }
  & reg.exe load "HKU\$HiveName" (Join-Path $folder 'NTUSER.DAT') | Out-Null
  if ($LASTEXITCODE -ne 0) { Stop-Here "无法打开 $User 的注册表 / The registry of $User cannot be opened" }
}

function Dismount-UserHive {
  # .NET keeps keys open until they are collected, and an open key keeps the hive.
  [GC]::Collect()
  [GC]::WaitForPendingFinalizers()
  & reg.exe unload "HKU\$HiveName" | Out-Null
}
