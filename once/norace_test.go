//go:build !race

package once

// underRace reports that the race detector is on.
const underRace = false
