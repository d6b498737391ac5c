# 安装、升级或退回：运行哪个版本目录里的本脚本，就换成哪个版本。没有在 Windows 上运行过，见 docs\install.md。
# Installs, upgrades or goes back: the version in whose folder it is run takes over. It was not run on Windows, see docs\install.md.
# 用法 Usage: install.ps1 -Wrapper C:\WinSW-x64.exe (-Trust maker.pub | -Fingerprint HEX | -Unsigned) [-Data D:\Kaochang]
param(
  # WinSW 2.x (x64); asked for once. 只在第一次需要。
  [string]$Wrapper = '',
  [string]$Trust = '',
  [ValidatePattern('^([0-9A-Fa-f]{64})?$')][string]$Fingerprint = '',
  [switch]$Unsigned,
  [ValidatePattern('^[A-Za-z]:\\[^"&<>]+$')][string]$Data = 'C:\KaochangData'
)
$ErrorActionPreference = 'Stop'
$here = Split-Path -Parent $MyInvocation.MyCommand.Path
$root = Split-Path -Parent (Split-Path -Parent $here)
$current = Join-Path $root 'current'
$service = Join-Path $root 'service'
$node = Join-Path $here 'node\node.exe'
$command = Join-Path $here 'build\scripts\kaochang.js'

function Stop-Here([string]$Text) {
  Write-Host $Text -ForegroundColor Red
  exit 1
}

# --- 检查 checks
$identity = [Security.Principal.WindowsIdentity]::GetCurrent()
$administrator = [Security.Principal.WindowsBuiltInRole]::Administrator
if (-not (New-Object Security.Principal.WindowsPrincipal($identity)).IsInRole($administrator)) {
  Stop-Here '请以管理员身份运行 / Run this as administrator'
}
if ([Environment]::OSVersion.Version.Major -lt 10 -or -not [Environment]::Is64BitOperatingSystem) {
  Stop-Here '需要 64 位 Windows 10 / Server 2016 以上 / 64-bit Windows 10 or Server 2016 is needed'
}
if ((Split-Path -Leaf (Split-Path -Parent $here)) -ne 'versions') {
  Stop-Here '请解压到 ...\Kaochang\versions\ 之下 / Unpack it below ...\Kaochang\versions'
}
$sums = Join-Path $here 'SHA256SUMS'
$own = (Get-FileHash -Algorithm SHA256 -LiteralPath $sums).Hash
if (-not $Trust -and -not $Fingerprint -and -not $Unsigned) {
  Stop-Here "请用 -Trust 或 -Fingerprint 核对发布方 / Say who made it: -Trust, or -Fingerprint. $own"
}
if ($Fingerprint -and $Fingerprint -ne $own) {
  Stop-Here "指纹不符：$own / The fingerprint is another: $own"
}
foreach ($line in [IO.File]::ReadAllLines($sums)) {
  $path = $line.Substring(66).Replace('/', '\')
  $file = Join-Path $here $path
  if ((Get-FileHash -Algorithm SHA256 -LiteralPath $file).Hash -ne $line.Substring(0, 64)) {
    Stop-Here "文件被改动 / The file was changed: $file"
  }
}
if ($Trust) {
  & $node $command release check $here --trust $Trust
  if ($LASTEXITCODE -ne 0) { Stop-Here '签名不符 / The signature does not hold' }
}
# 封场之后、收卷之前不换版本。 No other version from the seal until everything is collected.
& $node $command release may-change --data $Data
if ($LASTEXITCODE -ne 0) { Stop-Here '没有换版本 / The version was not changed' }
$wrapped = Join-Path $service 'kaochang.exe'
if (-not (Test-Path -LiteralPath $wrapped) -and -not $Wrapper) {
  Stop-Here '请用 -Wrapper 指出 WinSW 2.x / Say with -Wrapper where WinSW 2.x is'
}

# --- 安装 the installation
$running = Get-Service -Name 'kaochang' -ErrorAction SilentlyContinue
if ($null -ne $running) { Stop-Service -Name 'kaochang' }
& $node $command release may-change --data $Data
if ($LASTEXITCODE -ne 0) {
  if ($null -ne $running) { Start-Service -Name 'kaochang' }
  Stop-Here '没有换版本 / The version was not changed'
}
[IO.Directory]::CreateDirectory($Data) | Out-Null
[IO.Directory]::CreateDirectory($service) | Out-Null
# 数据目录只给服务、系统与管理员。 The data: the service, the system, administrators, and nobody else.
& icacls.exe $Data '/inheritance:r' '/grant' '*S-1-5-19:(OI)(CI)F' '/grant' '*S-1-5-18:(OI)(CI)F' '/grant' '*S-1-5-32-544:(OI)(CI)F'
if ($LASTEXITCODE -ne 0) { Stop-Here "icacls: $Data" }
if ($Wrapper) { Copy-Item -LiteralPath $Wrapper -Destination $wrapped -Force }
$settings = [IO.File]::ReadAllText((Join-Path $here 'kaochang.xml'))
$settings = $settings.Replace('@ROOT@', $root).Replace('@DATA@', $Data)
[IO.File]::WriteAllText((Join-Path $service 'kaochang.xml'), $settings)
# A junction cannot be replaced in one step here: without it the service does not start, and this script is run again.
if (Test-Path -LiteralPath $current) { [IO.Directory]::Delete($current) }
New-Item -ItemType Junction -Path $current -Value $here | Out-Null
if ($null -eq $running) {
  & $wrapped install
  if ($LASTEXITCODE -ne 0) { Stop-Here 'WinSW install' }
}

# 防火墙：只对本网段开放。 The firewall: for the room's own network alone.
Get-NetFirewallRule -Name 'Kaochang-In' -ErrorAction SilentlyContinue | Remove-NetFirewallRule
New-NetFirewallRule -Name 'Kaochang-In' -DisplayName 'Kaochang' -Direction Inbound -Action Allow -Protocol TCP -LocalPort 8443 -RemoteAddress LocalSubnet | Out-Null
# 不睡眠，不因更新自动重启。 No sleep, no restart for updates.
& powercfg.exe '/change' 'standby-timeout-ac' '0'
& powercfg.exe '/change' 'hibernate-timeout-ac' '0'
$updates = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU'
if (-not (Test-Path -LiteralPath $updates)) { New-Item -Path $updates -Force | Out-Null }
Set-ItemProperty -LiteralPath $updates -Name 'NoAutoUpdate' -Value 1 -Type DWord
Start-Service -Name 'kaochang'
Write-Host "已安装 / Installed: $here -> $Data"
