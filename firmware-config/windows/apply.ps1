# 锁定一台考生机；每项更改先记录，undo.ps1 逐项还原。请在考生机前运行，不要经远程桌面。
# Locks one candidate's PC down. Every change is recorded first and undo.ps1 takes it back. Run it at the PC itself.
# 用法 Usage: apply.cmd theory "192.168.10.2,192.168.10.3" [-User exam] [-Also "192.168.10.9:27000"] [-With "..\chrome\theory.reg"]
# Several things are written with commas between them: an array cannot be passed to a script file. 多项用逗号隔开。
param(
  [Parameter(Mandatory = $true)][ValidateSet('theory', 'practical')][string]$Exam,
  # Addresses of the exam server and its spare: the firewall knows no names. 只能写地址。
  [Parameter(Mandatory = $true)][ValidatePattern('^\d{1,3}(\.\d{1,3}){3}(,\d{1,3}(\.\d{1,3}){3})*$')][string]$Server,
  [ValidateRange(1, 65535)][int]$Port = 8443,
  [ValidatePattern('^[^"''\\/]+$')][string]$User = 'exam',
  # Licence servers of the listed programs, ADDRESS:PORT. 所列程序的许可服务器。
  [ValidatePattern('^(\d{1,3}(\.\d{1,3}){3}:\d{1,5}(,|$))*$')][string]$Also = '',
  # Further .reg files: browser policies, the clock. 其他 .reg 文件：浏览器策略、时钟。
  [string]$With = ''
)
$ErrorActionPreference = 'Stop'
$here = Split-Path -Parent $MyInvocation.MyCommand.Path
. (Join-Path $here 'settings.ps1')
Assert-Administrator
$addresses = $Server.Split(',')
$files = @($With.Split(',') | Where-Object { $_ })

if (Test-Path -LiteralPath $RecordFile) {
  Stop-Here '已经锁定过，请先运行 undo.cmd / This PC is locked down already: run undo.cmd first'
}
if ($Exam -eq 'practical' -and (Test-Path -LiteralPath $WorkFolder)) {
  if (@(Get-ChildItem -LiteralPath $WorkFolder -Force).Count -gt 0) {
    Stop-Here "$WorkFolder 中还有文件，请先移走 / There are files in ${WorkFolder}: move them away first"
  }
}
$machine = @(Read-RegFile (Join-Path $here 'room.reg'))
foreach ($file in $files) { $machine += @(Read-RegFile $file) }
$account = @(Read-RegFile (Join-Path $here 'user.reg')) + @(Read-RegFile (Join-Path $here "$Exam.reg"))

# The card that leads to the server is the one that stays. No packet is sent for this.
$probe = New-Object Net.Sockets.UdpClient
$probe.Connect($addresses[0], 9)
$ownAddress = $probe.Client.LocalEndPoint.Address.ToString()
$probe.Close()
$kept = Get-WmiObject Win32_NetworkAdapterConfiguration -Filter 'IPEnabled = TRUE' |
  Where-Object { $_.IPAddress -contains $ownAddress }
if ($null -eq $kept) { Stop-Here '找不到通往服务器的网卡 / No network card leads to the server' }

Mount-UserHive $User
[IO.Directory]::CreateDirectory($StateFolder) | Out-Null
Add-Record 'profile', $Exam, (ConvertTo-Field $User), $Server, "$Port"
foreach ($file in $files) { Add-Record 'with', (ConvertTo-Field ((Resolve-Path -LiteralPath $file).ProviderPath)) }
try {
  foreach ($setting in $account) { Set-Recorded $setting }
}
finally {
  Dismount-UserHive
}
foreach ($setting in $machine) {
  if (Test-Applies $setting) { Set-Recorded $setting }
}

foreach ($name in $Services) {
  $service = Get-Service -Name $name -ErrorAction SilentlyContinue
  if ($null -ne $service -and $service.Status -eq 'Running') {
    Add-Record 'service', $name
    Stop-Service -Name $name -Force -ErrorAction Continue
  }
}

# Wi-Fi, Bluetooth, telephones as modems, second cards: all but the one to the server.
Get-WmiObject Win32_NetworkAdapter -Filter 'PhysicalAdapter = TRUE AND ConfigManagerErrorCode = 0' |
  Where-Object { $_.Index -ne $kept.Index } |
  ForEach-Object {
    Add-Record 'adapter', (ConvertTo-Field $_.PNPDeviceID)
    $result = $_.Disable()
    if ($result.ReturnValue -ne 0) { Write-Warning "没有停用 / not disabled: $($_.Name)" }
  }

# A power plan of its own, in which nothing sleeps.
$ownPlan = [Guid]::NewGuid().ToString()
$before = [string](& powercfg.exe -getactivescheme)
if ($before -notmatch '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}') { throw 'powercfg named no plan' }
$oldPlan = $Matches[0]
Add-Record 'power', $oldPlan, $ownPlan
& powercfg.exe -duplicatescheme $oldPlan $ownPlan | Out-Null
& powercfg.exe -setactive $ownPlan
foreach ($what in 'monitor', 'disk', 'standby', 'hibernate') {
  & powercfg.exe -change "-$what-timeout-ac" 0
  & powercfg.exe -change "-$what-timeout-dc" 0
}

if ($Exam -eq 'practical') {
  Add-Record 'folder', (ConvertTo-Field $WorkFolder)
  [IO.Directory]::CreateDirectory($WorkFolder) | Out-Null
  $administrators = '*S-1-5-32-544:(OI)(CI)F'
  $system = '*S-1-5-18:(OI)(CI)F'
  & icacls.exe $WorkFolder '/inheritance:r' '/grant' $administrators $system "${User}:(OI)(CI)M" | Out-Null
  if ($LASTEXITCODE -ne 0) { throw 'icacls' }
}

# Last: from here on nothing but the server can be reached. Rules that were there before go too, they would let programs out.
$exported = Join-Path $StateFolder 'firewall.wfw'
& netsh.exe advfirewall export $exported | Out-Null
if ($LASTEXITCODE -ne 0 -or -not (Test-Path -LiteralPath $exported)) { throw 'netsh advfirewall export' }
Add-Record 'firewall', (ConvertTo-Field $exported)
& netsh.exe advfirewall set allprofiles state on | Out-Null
& netsh.exe advfirewall set allprofiles firewallpolicy 'blockinbound,blockoutbound' | Out-Null
& netsh.exe advfirewall firewall delete rule name=all | Out-Null
& netsh.exe advfirewall firewall add rule name=Kaochang-Exam dir=out action=allow protocol=TCP "remoteip=$Server" "remoteport=$Port" | Out-Null
& netsh.exe advfirewall firewall add rule name=Kaochang-Names dir=out action=allow protocol=UDP "remoteip=$Server" remoteport=53 | Out-Null
& netsh.exe advfirewall firewall add rule name=Kaochang-Time dir=out action=allow protocol=UDP "remoteip=$Server" remoteport=123 | Out-Null
& netsh.exe advfirewall firewall add rule name=Kaochang-Address dir=out action=allow protocol=UDP localport=68 remoteport=67 | Out-Null
& netsh.exe advfirewall firewall add rule name=Kaochang-Ping dir=in action=allow "protocol=icmpv4:8,any" "remoteip=$Server" | Out-Null
foreach ($one in @($Also.Split(',') | Where-Object { $_ })) {
  $address, $alsoPort = $one.Split(':')
  & netsh.exe advfirewall firewall add rule name=Kaochang-Also dir=out action=allow protocol=TCP "remoteip=$address" "remoteport=$alsoPort" | Out-Null
}
Add-Record 'done'
Write-Host '已锁定；请重启，然后运行 verify.cmd / Locked down; restart the PC, then run verify.cmd' -ForegroundColor Green
