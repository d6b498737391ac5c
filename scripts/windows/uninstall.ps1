# 卸载服务与设置；数据保留。没有在 Windows 上运行过。
# Removes service and settings; the data stay. It was not run on Windows.
param()
$ErrorActionPreference = 'Stop'
$here = Split-Path -Parent $MyInvocation.MyCommand.Path
$root = Split-Path -Parent (Split-Path -Parent $here)
$node = Join-Path $here 'node\node.exe'
$dataFile = Join-Path $root 'data.txt'
$updatesBefore = Join-Path $root 'updates-before.txt'

$identity = [Security.Principal.WindowsIdentity]::GetCurrent()
$administrator = [Security.Principal.WindowsBuiltInRole]::Administrator
if (-not (New-Object Security.Principal.WindowsPrincipal($identity)).IsInRole($administrator)) {
  Write-Host '请以管理员身份运行 / Run this as administrator' -ForegroundColor Red
  exit 1
}
if (-not (Test-Path -LiteralPath $dataFile)) {
  Write-Host "这里没有安装 / Nothing is installed here: $dataFile" -ForegroundColor Red
  exit 1
}
# 问的是真正的数据目录。 The folder that the service has, and no other, is asked.
$Data = [IO.File]::ReadAllText($dataFile).Trim()
& $node (Join-Path $here 'build\scripts\kaochang.js') release may-change --data $Data
if ($LASTEXITCODE -ne 0) {
  Write-Host '没有卸载 / Nothing was removed' -ForegroundColor Red
  exit 1
}
if ($null -ne (Get-Service -Name 'kaochang' -ErrorAction SilentlyContinue)) {
  Stop-Service -Name 'kaochang'
  & (Join-Path $root 'service\kaochang.exe') uninstall
  if ($LASTEXITCODE -ne 0) {
    Write-Host '服务没有删除 / The service was not removed: WinSW uninstall' -ForegroundColor Red
    exit 1
  }
}
Get-NetFirewallRule -Name 'Kaochang-In' -ErrorAction SilentlyContinue | Remove-NetFirewallRule
$updates = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU'
$said = ''
if (Test-Path -LiteralPath $updatesBefore) { $said = [IO.File]::ReadAllText($updatesBefore).Trim() }
if (-not $said) { Remove-ItemProperty -LiteralPath $updates -Name 'NoAutoUpdate' -ErrorAction SilentlyContinue }
elseif (Test-Path -LiteralPath $updates) { Set-ItemProperty -LiteralPath $updates -Name 'NoAutoUpdate' -Value ([int]$said) -Type DWord }
$current = Join-Path $root 'current'
if (Test-Path -LiteralPath $current) { [IO.Directory]::Delete($current) }
foreach ($name in 'data.txt', 'release.pub', 'updates-before.txt') { [IO.File]::Delete((Join-Path $root $name)) }
Write-Host "已卸载，可以删除 $root；数据保留 / Removed; $root may be deleted, the data stay: $Data"
