//! Commands as text.

use super::Text;
use super::word::word;
use crate::pb;

pub(super) fn exec(text: &mut Text<'_>, index: usize, op: &pb::Op, exec: &pb::ExecOp) {
    let none = pb::Meta::default();
    let meta = exec.meta.as_ref().unwrap_or(&none);
    let args: Vec<String> = meta.args.iter().map(|it| word(it)).collect();
    text.head(index, &["exec", &args.join(" ")], op.platform.as_ref());
    if meta.cwd != "/" {
        text.line(format!("cwd {}", word(&meta.cwd)));
    }
    text.field("user", &meta.user);
    text.field("hostname", &meta.hostname);
    for variable in &meta.env {
        text.field("env", variable);
    }
    for secret in &exec.secretenv {
        let optional = if secret.optional { " optional" } else { "" };
        text.line(format!("secretenv {} id={}{optional}", word(&secret.name), word(&secret.id)));
    }
    if exec.network != 0 {
        text.line(format!("network {}", lower(exec.network().as_str_name())));
    }
    if exec.security != 0 {
        text.line(format!("security {}", lower(exec.security().as_str_name())));
    }
    settings(text, meta);
    for device in &exec.cdi_devices {
        let optional = if device.optional { " optional" } else { "" };
        text.line(format!("cdiDevices {}{optional}", word(&device.name)));
    }
    for mount in &exec.mounts {
        text.line(self::mount(text, index, op, mount));
    }
}

fn settings(text: &mut Text<'_>, meta: &pb::Meta) {
    if let Some(proxy) = &meta.proxy_env {
        let fields = [
            ("http_proxy", &proxy.http_proxy),
            ("https_proxy", &proxy.https_proxy),
            ("ftp_proxy", &proxy.ftp_proxy),
            ("no_proxy", &proxy.no_proxy),
            ("all_proxy", &proxy.all_proxy),
        ];
        let given = fields.iter().filter(|(_, value)| !value.is_empty());
        let given: String = given.map(|(name, value)| format!(" {name}={}", word(value))).collect();
        text.line(format!("proxy_env{given}"));
    }
    for host in &meta.extra_hosts {
        text.line(format!("extraHosts {} {}", word(&host.host), word(&host.ip)));
    }
    for limit in &meta.ulimit {
        text.line(format!("ulimit {}={}:{}", word(&limit.name), limit.soft, limit.hard));
    }
    text.field("cgroupParent", &meta.cgroup_parent);
    if !meta.valid_exit_codes.is_empty() {
        let codes: Vec<String> = meta.valid_exit_codes.iter().map(i32::to_string).collect();
        text.line(format!("validExitCodes {}", codes.join(" ")));
    }
    if !meta.remove_mount_stubs_recursive {
        text.line("removeMountStubsRecursive false");
    }
}

fn mount(text: &Text<'_>, index: usize, op: &pb::Op, mount: &pb::Mount) -> String {
    let kind = mount.mount_type();
    let is_file = matches!(kind, pb::MountType::Secret | pb::MountType::Ssh);
    let mut words = vec!["mount".to_owned(), word(&mount.dest), lower(kind.as_str_name())];
    // A directory in memory has no source, and a secret none that an op could name.
    if !is_file && (kind != pb::MountType::Tmpfs || mount.input >= 0) {
        words.push(text.numbers.input(op, mount.input));
    }
    if !mount.selector.is_empty() {
        words.push(format!("selector={}", word(&mount.selector)));
    }
    if let Some(cache) = &mount.cache_opt {
        words.push(format!("id={}", word(&cache.id)));
        if cache.sharing != 0 {
            words.push(lower(cache.sharing().as_str_name()));
        }
    }
    if let Some(size) = mount.tmpfs_opt.as_ref().map(|it| it.size).filter(|it| *it != 0) {
        words.push(format!("size={size}"));
    }
    let secret = mount.secret_opt.as_ref().map(|it| (&it.id, it.uid, it.gid, it.mode, it.optional));
    let agent = mount.ssh_opt.as_ref().map(|it| (&it.id, it.uid, it.gid, it.mode, it.optional));
    for (id, uid, gid, mode, optional) in secret.into_iter().chain(agent) {
        if !id.is_empty() {
            words.push(format!("id={}", word(id)));
        }
        words.extend((uid != 0).then(|| format!("uid={uid}")));
        words.extend((gid != 0).then(|| format!("gid={gid}")));
        words.push(format!("mode={mode:04o}"));
        words.extend(optional.then(|| "optional".to_owned()));
    }
    words.extend(mount.readonly.then(|| "readonly".to_owned()));
    if mount.content_cache != 0 {
        words.push(format!("contentCache={}", lower(mount.content_cache().as_str_name())));
    }
    if mount.output >= 0 && !is_file {
        words.push(format!("-> %{index}.{}", mount.output));
    } else if kind == pb::MountType::Bind && !mount.readonly {
        words.push("-> nothing".to_owned());
    }
    words.join(" ")
}

fn lower(name: &str) -> String {
    name.to_lowercase()
}
