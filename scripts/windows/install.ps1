# 安装、升级或退回：运行哪个版本目录里的本脚本，就换成哪个版本。没有在 Windows 上运行过，见 docs\install.md。
# Installs, upgrades or goes back: the version in whose folder it is run takes over. It was not run on Windows, see docs\install.md.
# 用法 Usage: install.ps1 -Wrapper C:\WinSW-x64.exe (-Trust maker.pub | -Fingerprint HEX | -Unsigned) [-Data D:\Kaochang]
param(
  # WinSW 2.x (x64); asked for once. 只在第一次需要。
  [string]$Wrapper = '',
  [string]$Trust = '',
  [ValidatePattern('^([0-9A-Fa-f]{64})?$')][string]$Fingerprint = '',
  [switch]$Unsigned,
  # 第一次写明，以后记住。 Said at the first installation, remembered afterwards.
  [ValidatePattern('^([A-Za-z]:\\[^"%&<>|?*:]+)?$')][string]$Data = ''
)
$ErrorActionPreference = 'Stop'
trap {
  Write-Host '没有装完，服务可能停着；查明下面的原因后再运行一次 / Not finished, and the service may stand still: mend what is named below and run this again' -ForegroundColor Red
  break
}
$here = Split-Path -Parent $MyInvocation.MyCommand.Path
$root = Split-Path -Parent (Split-Path -Parent $here)
$current = Join-Path $root 'current'
$service = Join-Path $root 'service'
$node = Join-Path $here 'node\node.exe'
$command = Join-Path $here 'build\scripts\kaochang.js'
$currentNode = Join-Path $current 'node\node.exe'
$currentCommand = Join-Path $current 'build\scripts\kaochang.js'
$dataFile = Join-Path $root 'data.txt'
$rememberedKey = Join-Path $root 'release.pub'
$updatesBefore = Join-Path $root 'updates-before.txt'

function Stop-Here([string]$Text) {
  Write-Host $Text -ForegroundColor Red
  exit 1
}

# icacls 出错不会抛出。 icacls throws nothing: its exit status says it.
function Set-Access([string]$Folder, [string[]]$Words) {
  & icacls.exe $Folder @Words '/q' | Out-Null
  if ($LASTEXITCODE -ne 0) { Stop-Here "icacls $Words : $Folder" }
}

function Get-Format([string]$Folder) {
  $text = [IO.File]::ReadAllText((Join-Path $Folder 'release.json'))
  return [int](ConvertFrom-Json -InputObject $text).journalFormat
}

# --- 检查 checks
$identity = [Security.Principal.WindowsIdentity]::GetCurrent()
$administrator = [Security.Principal.WindowsBuiltInRole]::Administrator
if (-not (New-Object Security.Principal.WindowsPrincipal($identity)).IsInRole($administrator)) {
  Stop-Here '请以管理员身份运行 / Run this as administrator'
}
if ([Environment]::OSVersion.Version.Major -lt 10 -or -not [Environment]::Is64BitProcess) {
  Stop-Here '需要 64 位 Windows 10 / Server 2016 以上的 64 位 PowerShell / 64-bit PowerShell on Windows 10 or Server 2016 is needed'
}
# 别处的目录谁都能改，服务会运行被改的程序。 Elsewhere anybody may change what the service would run.
$programs = $env:ProgramW6432 + '\'
if ((Split-Path -Leaf (Split-Path -Parent $here)) -ne 'versions' -or -not $root.StartsWith($programs, [StringComparison]::OrdinalIgnoreCase)) {
  Stop-Here "请解压到 ${programs}Kaochang\versions\ 之下 / Unpack it below ${programs}Kaochang\versions"
}
# 记住的数据目录：升级时不会换成另一个空目录。 The remembered folder: an upgrade never goes to another, empty one.
# 末尾的反斜杠会吃掉命令行的引号。 A backslash at its end would take the quote of a command line with it.
$Data = $Data.TrimEnd('\')
if (Test-Path -LiteralPath $dataFile) {
  $known = [IO.File]::ReadAllText($dataFile).Trim()
  if ($Data -and $Data -ne $known) {
    Stop-Here "原安装的数据目录是 $known，升级时不能改 / This installation has its data in $known; an upgrade does not change that"
  }
  $Data = $known
}
if (-not $Data) { $Data = 'C:\KaochangData' }
if ($Data.EndsWith(':')) { Stop-Here '数据目录不能是整个磁盘 / The data folder is not a whole disk' }
if (-not $Trust -and -not $Fingerprint -and -not $Unsigned -and (Test-Path -LiteralPath $rememberedKey)) {
  $Trust = $rememberedKey
}
if ($Trust -and (Test-Path -LiteralPath $rememberedKey) -and (Get-FileHash -LiteralPath $Trust).Hash -ne (Get-FileHash -LiteralPath $rememberedKey).Hash) {
  Stop-Here "公钥与安装时记住的不同 / This key is not the one that was remembered: $rememberedKey"
}
$sums = Join-Path $here 'SHA256SUMS'
$own = (Get-FileHash -Algorithm SHA256 -LiteralPath $sums).Hash
if (-not $Trust -and -not $Fingerprint -and -not $Unsigned) {
  Stop-Here "请用 -Trust 或 -Fingerprint 核对发布方 / Say who made it: -Trust, or -Fingerprint. $own"
}
if ($Fingerprint -and $Fingerprint -ne $own) {
  Stop-Here "指纹不符：$own / The fingerprint is another: $own"
}
$lines = [IO.File]::ReadAllLines($sums)
# 清单之外的文件，例如 node.exe 旁的 DLL。 Files that the list does not name, such as a DLL beside node.exe.
$unlisted = @($sums, "$sums.dsse.json")
$found = @(Get-ChildItem -LiteralPath $here -Recurse -File -Force | Where-Object { $unlisted -notcontains $_.FullName })
if ($found.Count -ne $lines.Count) {
  Stop-Here '目录里有清单之外的文件，或缺少文件 / There are files that the list does not name, or some are missing'
}
foreach ($line in $lines) {
  $path = $line.Substring(66).Replace('/', '\')
  $file = Join-Path $here $path
  if ((Get-FileHash -Algorithm SHA256 -LiteralPath $file).Hash -ne $line.Substring(0, 64)) {
    Stop-Here "文件被改动 / The file was changed: $file"
  }
}
if ($Trust) {
  # 已安装的版本来核对新的一版。 The version that is installed checks the next one.
  if (Test-Path -LiteralPath $currentNode) {
    & $currentNode $currentCommand release check $here --trust $Trust
  } else {
    & $node $command release check $here --trust $Trust
  }
  if ($LASTEXITCODE -ne 0) { Stop-Here '签名不符 / The signature does not hold' }
}
# 封场之后、收卷之前不换版本；旧版读不了的日志，由现在的版本换回升级前的一份。
# No other version from the seal until everything is collected. A journal that an older version cannot read goes back to what it
# was before the upgrade, by the version that can.
$asked = $node
$question = @($command, 'release', 'may-change', '--data', $Data)
# 升级前留存日志；空间不够就不升级。 The journal is kept before its format changes; without the space nothing is upgraded.
$change = @($command, 'release', 'keep-journal', '--data', $Data)
if ((Test-Path -LiteralPath $currentNode) -and (Get-Format $current) -gt (Get-Format $here)) {
  $asked = $currentNode
  $change = @($currentCommand, 'release', 'journal-back', '--data', $Data, '--format', "$(Get-Format $here)")
  $question = $change + '--check'
}
& $asked @question
if ($LASTEXITCODE -ne 0) { Stop-Here '没有换版本 / The version was not changed' }
$wrapped = Join-Path $service 'kaochang.exe'
if (-not (Test-Path -LiteralPath $wrapped) -and -not $Wrapper) {
  Stop-Here '请用 -Wrapper 指出 WinSW 2.x / Say with -Wrapper where WinSW 2.x is'
}

# --- 安装 the installation
$running = Get-Service -Name 'kaochang' -ErrorAction SilentlyContinue
if ($null -ne $running) { Stop-Service -Name 'kaochang' }
# 第一次询问之后可能有人封了场。 Between the first question and the stop somebody may have sealed.
& $asked @question
if ($LASTEXITCODE -eq 0) { & $asked @change }
if ($LASTEXITCODE -ne 0) {
  if ($null -ne $running) { Start-Service -Name 'kaochang' }
  Stop-Here '没有换版本 / The version was not changed'
}
[IO.Directory]::CreateDirectory($Data) | Out-Null
[IO.Directory]::CreateDirectory($service) | Out-Null
# 数据目录只给服务、系统与管理员；原有的权限和主人不算数。
# The data: the service, the system, administrators, and nobody else, whoever made the folder and whatever was allowed there.
Set-Access $Data @('/setowner', '*S-1-5-32-544')
Set-Access $Data @('/reset')
Set-Access $Data @('/inheritance:r', '/grant', '*S-1-5-19:(OI)(CI)F', '/grant', '*S-1-5-18:(OI)(CI)F', '/grant', '*S-1-5-32-544:(OI)(CI)F')
# 第一次安装时记下自动更新的原设置，卸载时还原；升级不再记。 What the site had said of updates before the first installation comes back
# with the uninstall; an upgrade would take our own setting for it.
if (-not (Test-Path -LiteralPath $dataFile)) {
  $said = [Microsoft.Win32.Registry]::GetValue('HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU', 'NoAutoUpdate', $null)
  [IO.File]::WriteAllText($updatesBefore, "$said")
}
[IO.File]::WriteAllText($dataFile, $Data)
if ($Trust -and $Trust -ne $rememberedKey) { Copy-Item -LiteralPath $Trust -Destination $rememberedKey -Force }
if ($Wrapper) { Copy-Item -LiteralPath $Wrapper -Destination $wrapped -Force }
$settings = [IO.File]::ReadAllText((Join-Path $here 'kaochang.xml'))
# XML 里的 & 和 ' 要转义。 What XML would take for its own.
$settings = $settings.Replace('@ROOT@', [Security.SecurityElement]::Escape($root)).Replace('@DATA@', [Security.SecurityElement]::Escape($Data))
[IO.File]::WriteAllText((Join-Path $service 'kaochang.xml'), $settings)
# A junction cannot be replaced in one step here: without it the service does not start, and this script is run again.
if (Test-Path -LiteralPath $current) { [IO.Directory]::Delete($current) }
New-Item -ItemType Junction -Path $current -Value $here | Out-Null
if ($null -eq $running) {
  & $wrapped install
  if ($LASTEXITCODE -ne 0) { Stop-Here 'WinSW install' }
}

# 防火墙：只对本网段开放。 The firewall: for the room's own network alone. Its commands are functions of a module, which does not know
# this script's $ErrorActionPreference.
Get-NetFirewallRule -Name 'Kaochang-In' -ErrorAction SilentlyContinue | Remove-NetFirewallRule -ErrorAction Stop
New-NetFirewallRule -Name 'Kaochang-In' -DisplayName 'Kaochang' -Direction Inbound -Action Allow -Protocol TCP -LocalPort 8443 -RemoteAddress LocalSubnet -ErrorAction Stop | Out-Null
# 不睡眠，不因更新自动重启。 No sleep, no restart for updates.
& powercfg.exe '/change' 'standby-timeout-ac' '0'
& powercfg.exe '/change' 'hibernate-timeout-ac' '0'
if ($LASTEXITCODE -ne 0) { Write-Host '请手动关闭睡眠 / Turn sleep off by hand' -ForegroundColor Yellow }
$updates = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU'
if (-not (Test-Path -LiteralPath $updates)) { New-Item -Path $updates -Force | Out-Null }
Set-ItemProperty -LiteralPath $updates -Name 'NoAutoUpdate' -Value 1 -Type DWord
Start-Service -Name 'kaochang'
Write-Host "已安装 / Installed: $here -> $Data"
