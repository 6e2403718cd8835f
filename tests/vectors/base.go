// The graphs that most cases begin with.

package main

import "github.com/moby/buildkit/client/llb"

// A function and no variable: a vertex keeps the capabilities that it was once marshalled with, and caps marshals for
// different daemons.
func alpine() llb.State {
	return llb.Image("alpine:3.19")
}

func local() llb.State {
	return llb.Local("context")
}

// args is a command as an option, word by word.
func args(words ...string) llb.RunOption {
	return llb.Args(words)
}

// sh is what most cases run.
func sh() llb.RunOption {
	return args("/bin/sh", "-c", "true")
}

// exec runs a command on alpine.
func exec(command llb.RunOption, options ...llb.RunOption) llb.ExecState {
	return alpine().Run(append([]llb.RunOption{command}, options...)...)
}

// run is what sh leaves of alpine.
func run(options ...llb.RunOption) llb.State {
	return exec(sh(), options...).Root()
}

// after is what one word leaves of a state.
func after(state llb.State, word string) llb.State {
	return state.Run(args(word)).Root()
}
