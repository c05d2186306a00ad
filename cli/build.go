package cli

import (
	"cmp"
	"runtime"
	"runtime/debug"
	"strings"
)

// build is what Go recorded about this binary.
type build struct{ version, commit, goVersion string }

// release is the version of an image, for which Go records none.
var release string //nolint:gochecknoglobals // the linker sets it

func thisBuild() build {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return build{version: "(unknown)", goVersion: runtime.Version()}
	}
	made := build{version: cmp.Or(release, info.Main.Version, "(devel)"), goVersion: info.GoVersion}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			made.commit = setting.Value
		}
	}
	return made
}

func (b build) String() string {
	return strings.Join(strings.Fields(b.version+" "+b.commit+" "+b.goVersion), " ")
}
