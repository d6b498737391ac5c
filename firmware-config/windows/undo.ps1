# 按记录从后往前还原 apply.ps1 的每一项更改；没有还原成功的保留在记录里，可以再次运行。
# Takes back every change of apply.ps1, last one first. What could not be taken back stays in the record: run it again.
$ErrorActionPreference = 'Stop'
$here = Split-Path -Parent $MyInvocation.MyCommand.Path
. (Join-Path $here 'settings.ps1')
Assert-Administrator
if (-not (Test-Path -LiteralPath $RecordFile)) {
  Stop-Here '没有记录；若确实锁定过，请用 undo.reg / There is no record; undo.reg is the last resort'
}

function Restore-Value([string]$Key, [string]$Name, [string]$Kind, [string]$Kept) {
  $opened = (Get-RootKey $Key).OpenSubKey((Get-SubPath $Key), $true)
  if ($null -eq $opened) {
    if ($Kind -eq 'None') { return }
    $opened = (Get-RootKey $Key).CreateSubKey((Get-SubPath $Key))
  }
  if ($Kind -eq 'None') { $opened.DeleteValue($Name, $false) }
  else {
    # No `switch` here: what comes out of one is no longer an array of bytes.
    if ($Kind -eq 'Binary') { $value = [Convert]::FromBase64String($Kept) }
    elseif ($Kind -eq 'MultiString') { $value = (ConvertFrom-Field $Kept).Split([char]0) }
    elseif ($Kind -eq 'DWord') { $value = [int](ConvertFrom-Field $Kept) }
    elseif ($Kind -eq 'QWord') { $value = [long](ConvertFrom-Field $Kept) }
    else { $value = ConvertFrom-Field $Kept }
    $opened.SetValue($Name, $value, [Microsoft.Win32.RegistryValueKind]$Kind)
  }
  $opened.Close()
}

# Only a key that we made and that is empty again.
function Remove-OwnKey([string]$Key) {
  $root = Get-RootKey $Key
  $path = Get-SubPath $Key
  $opened = $root.OpenSubKey($path)
  if ($null -eq $opened) { return }
  $isEmpty = $opened.ValueCount -eq 0 -and $opened.SubKeyCount -eq 0
  $opened.Close()
  if ($isEmpty) { $root.DeleteSubKey($path) }
}

# A work folder with files in it is never removed: they are somebody's work.
function Remove-WorkFolder([string]$Path) {
  if (-not (Test-Path -LiteralPath $Path)) { return }
  if (@(Get-ChildItem -LiteralPath $Path -Force).Count -gt 0) {
    Write-Warning "$Path 中有文件，予以保留 / $Path has files in it and is kept"
    return
  }
  Remove-Item -LiteralPath $Path
}

function Undo-Change([string[]]$Fields) {
  switch ($Fields[0]) {
    'value' { Restore-Value (ConvertFrom-Field $Fields[1]) (ConvertFrom-Field $Fields[2]) $Fields[3] $Fields[4] }
    'key' { Remove-OwnKey (ConvertFrom-Field $Fields[1]) }
    'service' { Start-Service -Name $Fields[1] }
    'adapter' {
      $wanted = ConvertFrom-Field $Fields[1]
      $card = Get-WmiObject Win32_NetworkAdapter | Where-Object { $_.PNPDeviceID -eq $wanted }
      if ($null -ne $card -and $card.Enable().ReturnValue -ne 0) { throw "network card: $($card.Name)" }
    }
    'power' {
      & powercfg.exe -setactive $Fields[1]
      if ($LASTEXITCODE -ne 0) { throw 'powercfg' }
      & powercfg.exe -delete $Fields[2]
    }
    'folder' { Remove-WorkFolder (ConvertFrom-Field $Fields[1]) }
    'firewall' {
      & netsh.exe advfirewall import (ConvertFrom-Field $Fields[1]) | Out-Null
      if ($LASTEXITCODE -ne 0) { throw 'netsh advfirewall import' }
    }
    'profile' { }
    'with' { }
    'done' { }
    default { throw "not a record: $($Fields[0])" }
  }
}

$lines = @([IO.File]::ReadAllLines($RecordFile))
$user = ConvertFrom-Field ($lines[0].Split("`t")[2])
Mount-UserHive $user
$left = @()
# Services are started once their start type is back: after everything else.
$serviceLines = @($lines | Where-Object { $_.Split("`t")[0] -eq 'service' })
$others = @($lines | Where-Object { $_.Split("`t")[0] -ne 'service' })
[Array]::Reverse($others)
try {
  foreach ($line in ($others + $serviceLines)) {
    try { Undo-Change ($line.Split("`t")) }
    catch {
      Write-Warning $_.Exception.Message
      $left = @($line) + $left
    }
  }
}
finally {
  Dismount-UserHive
}
if ($left.Length -gt 0) {
  $again = @($lines[0]) + @($left | Where-Object { $_ -ne $lines[0] })
  [IO.File]::WriteAllLines($RecordFile, $again, (New-Object Text.UTF8Encoding($false)))
  Stop-Here "$($left.Length) 项没有还原，重启后请再次运行 / $($left.Length) changes remain: restart and run this again"
}
Remove-Item -LiteralPath $StateFolder -Recurse
Write-Host '已还原，请重启 / Undone; restart the PC' -ForegroundColor Green
