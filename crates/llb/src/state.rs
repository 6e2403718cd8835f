//! The value that scripts hold: an output of the graph, and the settings of the commands to come.

use crate::{Env, HostIp, NetMode, Output, Platform, SecurityMode, Ulimit, paths};
use std::sync::Arc;

/// Is an output of the graph with the settings of the commands to come; immutable and cheap to clone.
#[derive(Clone, Debug)]
pub struct State {
    output: Option<Output>,
    values: Arc<Values>,
}

/// Holds the settings of a [`State`].
#[derive(Clone, Debug, PartialEq)]
pub struct Values {
    /// The environment variables.
    pub env: Env,
    /// The working directory.
    pub dir: String,
    /// The user, as `user[:group]`; empty for the image's default.
    pub user: String,
    /// The host's name; empty for BuildKit's default.
    pub hostname: String,
    /// The platform, if it is not that of the build.
    pub platform: Option<Platform>,
    /// The network.
    pub network: NetMode,
    /// The security mode.
    pub security: SecurityMode,
    /// The resource limits, in order.
    pub ulimits: Vec<Ulimit>,
    /// The additional lines of `/etc/hosts`, in order.
    pub extra_hosts: Vec<HostIp>,
    /// The parent of the control group; empty for BuildKit's default.
    pub cgroup_parent: String,
}

impl Default for Values {
    fn default() -> Self {
        Self {
            env: Env::default(),
            dir: "/".to_owned(),
            user: String::new(),
            hostname: String::new(),
            platform: None,
            network: NetMode::Unset,
            security: SecurityMode::Sandbox,
            ulimits: Vec::new(),
            extra_hosts: Vec::new(),
            cgroup_parent: String::new(),
        }
    }
}

impl State {
    /// Makes the empty file system.
    pub fn scratch() -> Self {
        Self { output: None, values: Arc::default() }
    }

    /// Makes a state with fresh settings, but for the platform that the output brings.
    pub(crate) fn new(output: Option<Output>, platform: Option<&Platform>) -> Self {
        Self { output, values: Arc::default() }.seeded(platform)
    }

    /// Says whether the state is the empty file system.
    pub fn is_scratch(&self) -> bool {
        self.output.is_none()
    }

    /// Returns the output that the state stands for; `None` for scratch.
    pub fn output(&self) -> Option<Output> {
        self.output
    }

    /// Returns the settings.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// Returns the platform, if it is not that of the build.
    pub fn platform(&self) -> Option<&Platform> {
        self.values.platform.as_ref()
    }

    /// Returns the environment variables.
    pub fn env(&self) -> &Env {
        &self.values.env
    }

    /// Returns the working directory.
    pub fn dir(&self) -> &str {
        &self.values.dir
    }

    /// Sets an environment variable.
    pub fn with_env(&self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.with(|values| values.env.set(name, value))
    }

    /// Sets the working directory; a relative one is joined to the one before.
    pub fn with_dir(&self, dir: &str) -> Self {
        self.with(|values| values.dir = paths::resolve_dir(&values.dir, dir))
    }

    /// Sets the user, as `user[:group]`.
    pub fn with_user(&self, user: impl Into<String>) -> Self {
        self.with(|values| values.user = user.into())
    }

    /// Sets the host's name.
    pub fn with_hostname(&self, hostname: impl Into<String>) -> Self {
        self.with(|values| values.hostname = hostname.into())
    }

    /// Sets the platform, in its normal form.
    pub fn with_platform(&self, platform: &Platform) -> Self {
        self.with(|values| values.platform = Some(platform.normalize()))
    }

    /// Sets the network.
    pub fn with_network(&self, network: NetMode) -> Self {
        self.with(|values| values.network = network)
    }

    /// Sets the security mode.
    pub fn with_security(&self, security: SecurityMode) -> Self {
        self.with(|values| values.security = security)
    }

    /// Adds a resource limit.
    pub fn with_ulimit(&self, ulimit: Ulimit) -> Self {
        self.with(|values| values.ulimits.push(ulimit))
    }

    /// Adds a line to `/etc/hosts`.
    pub fn with_extra_host(&self, host: HostIp) -> Self {
        self.with(|values| values.extra_hosts.push(host))
    }

    /// Sets the parent of the control group.
    pub fn with_cgroup_parent(&self, parent: impl Into<String>) -> Self {
        self.with(|values| values.cgroup_parent = parent.into())
    }

    /// Takes the settings of another state.
    pub fn with_values_of(&self, other: &State) -> Self {
        Self { output: self.output, values: other.values.clone() }
    }

    /// Replaces the output and keeps the settings, but for the platform that the output brings.
    pub(crate) fn with_output(&self, output: Option<Output>, platform: Option<&Platform>) -> Self {
        Self { output, values: self.values.clone() }.seeded(platform)
    }

    fn seeded(self, platform: Option<&Platform>) -> Self {
        match platform {
            Some(platform) => self.with_platform(platform),
            None => self,
        }
    }

    fn with(&self, change: impl FnOnce(&mut Values)) -> Self {
        let mut state = self.clone();
        change(Arc::make_mut(&mut state.values));
        state
    }
}

#[cfg(test)]
mod tests {
    use super::State;

    #[test]
    fn a_setting_never_reaches_the_state_it_was_made_from() {
        let base = State::scratch().with_env("A", "1").with_dir("/b");
        let changed = base.with_env("A", "2").with_dir("c").with_user("u");
        assert_eq!((base.env().get("A"), base.dir(), base.values().user.as_str()), (Some("1"), "/b", ""));
        assert_eq!((changed.env().get("A"), changed.dir()), (Some("2"), "/b/c"));
    }
}
