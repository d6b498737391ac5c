# 卸载服务与设置；数据保留。没有在 Windows 上运行过。
# Removes service and settings; the data stay. It was not run on Windows.
param([ValidatePattern('^[A-Za-z]:\\[^"&<>]+$')][string]$Data = 'C:\KaochangData')
$ErrorActionPreference = 'Stop'
$here = Split-Path -Parent $MyInvocation.MyCommand.Path
$root = Split-Path -Parent (Split-Path -Parent $here)
$node = Join-Path $here 'node\node.exe'

& $node (Join-Path $here 'build\scripts\kaochang.js') release may-change --data $Data
if ($LASTEXITCODE -ne 0) {
  Write-Host '没有卸载 / Nothing was removed' -ForegroundColor Red
  exit 1
}
if ($null -ne (Get-Service -Name 'kaochang' -ErrorAction SilentlyContinue)) {
  Stop-Service -Name 'kaochang'
  & (Join-Path $root 'service\kaochang.exe') uninstall
}
Get-NetFirewallRule -Name 'Kaochang-In' -ErrorAction SilentlyContinue | Remove-NetFirewallRule
$updates = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU'
Remove-ItemProperty -LiteralPath $updates -Name 'NoAutoUpdate' -ErrorAction SilentlyContinue
$current = Join-Path $root 'current'
if (Test-Path -LiteralPath $current) { [IO.Directory]::Delete($current) }
Write-Host "已卸载，可以删除 $root；数据保留 / Removed; $root may be deleted, the data stay: $Data"
