local base = bk.image("alpine")
local a = base:run("a", {
  env = { B = "2", A = 1, C = true, EMPTY = "" },
  cwd = "/src",
  user = "app:staff",
  network = "none",
  security = "insecure",
  hostname = "builder",
  valid_exit_codes = { 0, 3 },
  extra_hosts = { zeta = "10.0.0.2", alpha = "10.0.0.1", six = "2001:DB8::0:1" },
  ulimits = { nproc = -1, nofile = { soft = 1024, hard = 4096 } },
  cgroup_parent = "/build",
  proxy = { http = "http://p", https = "https://p", ftp = "ftp://p", no = "localhost", all = "socks://p" },
  secret_env = { TOKEN = "token", OTHER = { id = "other", optional = true } },
  devices = { "nvidia.com/gpu=all", { name = "vendor.com/net=eth0", optional = true } },
  constraints = { "labels.pool==gpu" },
  resources = { memory = "512m", memory_swap = -1, cpu_shares = 512, cpu_period = 100000, cpu_quota = 50000, cpuset_cpus = "0-3", cpuset_mems = "0" },
  ignore_cache = true,
})
local b = a:run("b", { env = { "Z=1", "A=2" }, user = 1000, network = "host", security = "sandbox", valid_exit_codes = "0..2" })
local c = b:run("c", { platform = "linux/arm64", network = "sandbox", valid_exit_codes = 7, resources = { cpus = 1.5 } })
bk.export(c:run("a run's platform stays"))
