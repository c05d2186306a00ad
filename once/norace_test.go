//go:build !race

package once

// underRace reports that the race detector is on, which makes the model ten times slower.
const underRace = false
