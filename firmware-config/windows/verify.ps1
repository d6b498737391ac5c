# 逐项核对锁定状态，不作任何更改；全部正确时退出码为 0。
# Checks every setting and changes none; exit status 0 when all is as it should be.
param(
  # Places outside the room that must not answer, ADDRESS:PORT. 考场外的地址，必须连不上。
  [string[]]$Outside = @('223.5.5.5:53', '114.114.114.114:53', '180.101.50.242:443', '1.1.1.1:443')
)
$ErrorActionPreference = 'Stop'
$here = Split-Path -Parent $MyInvocation.MyCommand.Path
. (Join-Path $here 'settings.ps1')
Assert-Administrator
$script:wrong = 0

function Write-Finding([bool]$IsRight, [string]$Text) {
  if ($IsRight) { Write-Host "OK   $Text" }
  else {
    $script:wrong += 1
    Write-Host "NOT  $Text" -ForegroundColor Red
  }
}

function Test-Answers([string]$Address, [int]$Port) {
  $client = New-Object Net.Sockets.TcpClient
  try {
    $attempt = $client.BeginConnect($Address, $Port, $null, $null)
    if (-not $attempt.AsyncWaitHandle.WaitOne(3000, $false)) { return $false }
    $client.EndConnect($attempt)
    return $true
  }
  catch { return $false }
  finally { $client.Close() }
}

if (-not (Test-Path -LiteralPath $RecordFile)) { Stop-Here '这台电脑没有锁定 / This PC is not locked down' }
$lines = @([IO.File]::ReadAllLines($RecordFile))
$head = $lines[0].Split("`t")
$profileName = $head[1]
$user = ConvertFrom-Field $head[2]
$servers = $head[3].Split(',')
$port = [int]$head[4]
Write-Finding ($lines[$lines.Length - 1] -eq 'done') '锁定过程完整 / locking down went to its end'

$settings = @(Read-RegFile (Join-Path $here 'room.reg'))
foreach ($line in $lines) {
  $fields = $line.Split("`t")
  if ($fields[0] -eq 'with') { $settings += @(Read-RegFile (ConvertFrom-Field $fields[1])) }
}
foreach ($setting in $settings) {
  if (Test-Applies $setting) {
    Write-Finding ((Get-RegValue $setting) -eq $setting.Value) "$($setting.Key)\$($setting.Name)"
  }
}
Mount-UserHive $user
try {
  $account = @(Read-RegFile (Join-Path $here 'user.reg')) + @(Read-RegFile (Join-Path $here "$profileName.reg"))
  foreach ($setting in $account) {
    Write-Finding ((Get-RegValue $setting) -eq $setting.Value) "$($setting.Key)\$($setting.Name)"
  }
}
finally {
  Dismount-UserHive
}

# The words of netsh depend on the language of Windows; the registry does not.
$policy = 'HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy'
foreach ($network in 'DomainProfile', 'PublicProfile', 'StandardProfile') {
  foreach ($name in 'EnableFirewall', 'DefaultInboundAction', 'DefaultOutboundAction') {
    $asked = New-Object PSObject -Property @{ Key = "$policy\$network"; Name = $name }
    Write-Finding ((Get-RegValue $asked) -eq 1) "防火墙 firewall $network $name"
  }
}
$cards = @(Get-WmiObject Win32_NetworkAdapter -Filter 'PhysicalAdapter = TRUE AND ConfigManagerErrorCode = 0')
Write-Finding ($cards.Length -eq 1) "启用的网卡 enabled network cards: $($cards.Length)"
foreach ($name in $Services) {
  $service = Get-Service -Name $name -ErrorAction SilentlyContinue
  if ($null -ne $service) { Write-Finding ($service.Status -eq 'Stopped') "服务 service $name" }
}
foreach ($server in $servers) {
  Write-Finding (Test-Answers $server $port) "考场服务器可达 the room's server answers: ${server}:$port"
}
foreach ($place in $Outside) {
  $address, $outsidePort = $place.Split(':')
  Write-Finding (-not (Test-Answers $address ([int]$outsidePort))) "外网不可达 outside cannot be reached: $place"
}
if ($script:wrong -gt 0) { Stop-Here "$script:wrong 项不符 / $script:wrong settings are not as they should be" }
Write-Host '全部正确 / All is as it should be' -ForegroundColor Green
exit 0
