//! Environment variables, in order.

use std::sync::Arc;

/// Lists environment variables in the order of their last assignment; cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Env(Arc<Vec<(String, String)>>);

impl Env {
    /// Assigns a variable, which moves it to the end of the list.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let (name, value) = (name.into(), value.into());
        let list = Arc::make_mut(&mut self.0);
        list.retain(|(other, _)| *other != name);
        list.push((name, value));
    }

    /// Assigns a variable unless it has a value already.
    pub(crate) fn set_default(&mut self, name: &str, value: &str) {
        if self.get(name).is_none() {
            self.set(name, value);
        }
    }

    /// Returns the value of a variable.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(other, _)| *other == name).map(|(_, value)| value)
    }

    /// Iterates over names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::Env;

    #[test]
    fn a_variable_moves_to_the_place_of_its_last_assignment() {
        let mut env = Env::default();
        for (name, value) in [("B", "1"), ("A", "2"), ("B", "3")] {
            env.set(name, value);
        }
        env.set_default("A", "unused");
        assert_eq!(env.iter().collect::<Vec<_>>(), [("A", "2"), ("B", "3")]);
    }
}
