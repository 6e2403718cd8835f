//! Commands, their settings and their mounts.

use super::case::{Answer, Case, args, sh};
use luakit_llb::{
    CacheSharing, ContentCache, Device, Exec, HostIp, ImageOptions, LinuxResources, Mount, MountKind,
    NetMode, Platform, ProxyEnv, SecretEnv, SecurityMode, State, Ulimit,
};
use std::collections::BTreeSet;

pub(crate) fn build(name: &str, case: &mut Case) -> Option<Answer> {
    let exec = settings(name).or_else(|| secrets(name)).or_else(|| mounts(name, case));
    match exec {
        Some(exec) => Some(case.run(exec)),
        None => states(name, case).or_else(|| outputs(name, case)).or_else(|| caps(name, case)),
    }
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

fn settings(name: &str) -> Option<Exec> {
    let host = |host: &str, ip: &str| HostIp { host: host.to_owned(), ip: ip.to_owned() };
    let ulimit = |name: &str, soft, hard| Ulimit { name: name.to_owned(), soft, hard };
    let device = |name: &str, optional| Device { name: name.to_owned(), optional };
    Some(match name {
        "exec/min" => sh(),
        "exec/shlex" => args(&["sh", "-c", "echo \"a b\" c\\ d"]),
        "exec/noargs-err" => args(&[]),
        "exec/env" => Exec { env: pairs(&[("B", "1"), ("A", "2"), ("B", "3"), ("E", "")]), ..sh() },
        "exec/dir-opt" => Exec { cwd: text("/w"), ..sh() },
        "exec/user-host-cgroup" => {
            Exec { user: text("1000:1000"), hostname: text("h"), cgroup_parent: text("cg"), ..sh() }
        }
        "exec/extrahosts" => Exec { extra_hosts: vec![host("a", "10.0.0.1"), host("b", "::1")], ..sh() },
        "exec/ulimit" => Exec { ulimits: vec![ulimit("nofile", 1, 2), ulimit("core", 0, -1)], ..sh() },
        "exec/net-host" => Exec { network: Some(NetMode::Host), ..sh() },
        "exec/net-none" => Exec { network: Some(NetMode::None), ..sh() },
        "exec/insecure" => Exec { security: Some(SecurityMode::Insecure), ..sh() },
        "exec/proxy" => {
            let proxy = ProxyEnv {
                http_proxy: "a".to_owned(),
                https_proxy: "b".to_owned(),
                ftp_proxy: "c".to_owned(),
                no_proxy: "d".to_owned(),
                all_proxy: "e".to_owned(),
            };
            Exec { proxy: Some(proxy), ..sh() }
        }
        "exec/proxy-empty" => Exec { proxy: Some(ProxyEnv::default()), ..sh() },
        "exec/validexit" => Exec { valid_exit_codes: vec![0, 1, 42], ..sh() },
        "exec/readonlyroot-root" => Exec { readonly_rootfs: true, ..args(&["true"]) },
        "exec/cdi" => {
            Exec { devices: vec![device("v.com/gpu=0", false), device("v.com/gpu=1", true)], ..sh() }
        }
        "exec/linuxres" => {
            let resources = LinuxResources {
                memory: 1024,
                memory_swap: -1,
                cpu_shares: 5,
                cpu_period: 6,
                cpu_quota: 7,
                cpuset_cpus: "0-3".to_owned(),
                cpuset_mems: "0".to_owned(),
            };
            Exec { resources: Some(resources), ..sh() }
        }
        "exec/platform-opt" => Exec { platform: Some(Platform::new("linux", "arm64")), ..sh() },
        _ => return None,
    })
}

fn secrets(name: &str) -> Option<Exec> {
    let file = |dest: &str, id: &str| Exec { mounts: vec![Mount::secret(dest, id)], ..sh() };
    let env = |id: &str, name: &str, optional| {
        vec![SecretEnv { id: id.to_owned(), name: name.to_owned(), optional }]
    };
    Some(match name {
        "exec/secret-file" => file("/run/secrets/x", "/run/secrets/x"),
        "exec/secret-opts" => {
            let kind = MountKind::Secret { id: "id".to_owned(), uid: 1, gid: 2, mode: 0o440, optional: true };
            Exec { mounts: vec![Mount { kind, ..Mount::secret("/s", "") }], ..sh() }
        }
        "exec/secret-env" => Exec { secret_env: env("TOKEN", "TOKEN", false), ..sh() },
        "exec/secret-envname" => Exec { secret_env: env("id", "TOK", true), ..sh() },
        "exec/secret-both" => Exec { secret_env: env("id", "TOK", false), ..file("/f", "id") },
        "exec/ssh" => Exec { mounts: vec![Mount::ssh("/run/buildkit/ssh_agent.0", "")], ..sh() },
        "exec/ssh-two" => {
            let kind = MountKind::Ssh { id: "b".to_owned(), uid: 1, gid: 2, mode: 0o666, optional: true };
            let second = Mount { kind, ..Mount::ssh("/s", "") };
            Exec { mounts: vec![Mount::ssh("/run/buildkit/ssh_agent.0", "a"), second], ..sh() }
        }
        "exec/ssh-envset" => {
            Exec { env: pairs(&[("SSH_AUTH_SOCK", "/x")]), mounts: vec![Mount::ssh("/t", "")], ..sh() }
        }
        _ => return None,
    })
}

fn mounts(name: &str, case: &mut Case) -> Option<Exec> {
    let context = case.context();
    let src = |mount: Mount| Exec { mounts: vec![mount], ..sh() };
    let readonly = |dest: &str| Mount { readonly: true, ..Mount::bind(&context, dest) };
    let cache = |id: &str, sharing| Mount {
        kind: MountKind::Cache { id: id.to_owned(), sharing },
        ..Mount::cache("/c", "")
    };
    Some(match name {
        "exec/mount-bind-ro" => src(Mount { selector: "/sub".to_owned(), ..readonly("/src") }),
        "exec/mount-bind-rw" => src(Mount::bind(&context, "/src")),
        "exec/mount-nooutput" => src(Mount { no_output: true, ..Mount::bind(&context, "/src") }),
        "exec/mount-cache-scratch" => src(Mount::cache("/c", "id")),
        "exec/mount-cache-private" => src(cache("id", CacheSharing::Private)),
        "exec/mount-cache-locked-src" => {
            src(Mount { source: context, selector: "/p".to_owned(), ..cache("id", CacheSharing::Locked) })
        }
        "exec/mount-cache-ro" => src(Mount { readonly: true, ..Mount::cache("/c", "id") }),
        "exec/mount-cache-emptyid" => src(Mount::cache("/c", "")),
        "exec/mount-tmpfs" => src(Mount::tmpfs("/t")),
        "exec/mount-tmpfs-size" => {
            src(Mount { kind: MountKind::Tmpfs { size: 1 << 20 }, ..Mount::tmpfs("/t") })
        }
        "exec/mount-tmpfs-src-err" => src(Mount { source: context, ..Mount::tmpfs("/t") }),
        "exec/mount-contentcache-on" => src(Mount { content_cache: ContentCache::On, ..readonly("/s") }),
        "exec/mount-contentcache-off" => src(Mount { content_cache: ContentCache::Off, ..readonly("/s") }),
        "exec/mount-same-state-twice" => {
            Exec { mounts: vec![readonly("/s"), readonly("/s2")], ..args(&["true"]) }
        }
        "exec/mount-same-input" => {
            let alpine = case.alpine();
            src(Mount { readonly: true, ..Mount::bind(&alpine, "/s") })
        }
        "exec/mount-all" => {
            let agent = Mount::ssh("/run/buildkit/ssh_agent.0", "");
            let secret = Mount::secret("/sec", "/sec");
            let mounts = vec![agent, secret, Mount::tmpfs("/t"), Mount::cache("/c", "id"), readonly("/s")];
            Exec { mounts, ..sh() }
        }
        _ => return None,
    })
}

/// What a state says about the commands in it.
fn states(name: &str, case: &mut Case) -> Option<Answer> {
    let state = case.alpine();
    Some(Ok(match name {
        "exec/on-scratch" => case.run_in(&State::scratch(), "true"),
        "exec/dir-rel" => case.run_in(&state.with_dir("/a").with_dir("../b/./c"), "true"),
        "exec/platform-from-image" => {
            let options =
                ImageOptions { platform: Some(Platform::new("linux", "arm64")), ..ImageOptions::default() };
            let state = case.graph.image("a", &options).unwrap();
            case.run_in(&state, "true")
        }
        "platform/exec-variant-normalize" => {
            let platform = Platform { variant: "v8".to_owned(), ..Platform::new("linux", "aarch64") };
            case.run_in(&state.with_platform(&platform), "x")
        }
        "exec/state-network-inherited" => {
            let state = case.run_in(&state.with_network(NetMode::None).with_user("u"), "x");
            case.run_in(&state, "y")
        }
        "env/with-image-after" => {
            let exec = Exec { env: pairs(&[("B", "2")]), ..args(&["x"]) };
            let state = case.graph.exec(&state.with_env("A", "1"), exec).unwrap().root;
            case.run_in(&state, "y")
        }
        "exec/reset" => {
            let state = case.run_in(&state.with_env("A", "1").with_dir("/q"), "x");
            let state = state.with_values_of(&State::scratch().with_env("B", "2"));
            case.run_in(&state, "y")
        }
        _ => return None,
    }))
}

/// What commands leave on their mounts.
fn outputs(name: &str, case: &mut Case) -> Option<Answer> {
    let context = case.context();
    let scratch = |dest: &str| Mount::bind(&State::scratch(), dest);
    let (mounts, dest) = match name {
        "exec/readonlyroot-mount" => {
            let exec = Exec { readonly_rootfs: true, mounts: vec![scratch("/out")], ..args(&["true"]) };
            return Some(case.exec(exec).and_then(|it| it.mount("/out")));
        }
        "exec/merge-root-and-mount" => {
            let run =
                case.exec(Exec { mounts: vec![scratch("/b"), scratch("/a")], ..args(&["true"]) }).unwrap();
            let states = [run.root.clone(), run.mount("/b").unwrap(), run.mount("/a").unwrap()];
            return Some(Ok(case.graph.merge(&states)));
        }
        "exec/mount-bind-rw-out" => (vec![Mount::bind(&context, "/src")], "/src"),
        "exec/mount-scratch-out" => (vec![scratch("/out")], "/out"),
        "exec/mount-before-root-sort" => (vec![scratch("/z"), scratch("rel"), scratch("/a")], "/a"),
        "exec/getmount-readonly" => (vec![Mount { readonly: true, ..Mount::bind(&context, "/s") }], "/s"),
        "exec/getmount-cache-err" => (vec![Mount::cache("/s", "id")], "/s"),
        "exec/getmount-tmpfs-err" => (vec![Mount::tmpfs("/s")], "/s"),
        "exec/getmount-nooutput-err" => {
            (vec![Mount { no_output: true, ..Mount::bind(&context, "/s") }], "/s")
        }
        _ => return None,
    };
    Some(case.exec(Exec { mounts, ..args(&["true"]) }).and_then(|it| it.mount(dest)))
}

/// What a daemon that is known changes.
fn caps(name: &str, case: &mut Case) -> Option<Answer> {
    let (caps, exec) = match name {
        "exec/caps-no-setsdefaultpath" => (None, sh()),
        "exec/caps-all" => (Some(vec!["exec.meta.setsdefaultpath".to_owned()]), sh()),
        "exec/caps-empty" => (Some(Vec::new()), sh()),
        "exec/caps-empty-pathset" => (Some(Vec::new()), Exec { env: pairs(&[("PATH", "/x")]), ..sh() }),
        _ => return None,
    };
    case.constraints.caps = caps.map(BTreeSet::from_iter);
    Some(case.run(exec))
}
