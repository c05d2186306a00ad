package limit

// usualFiles is the number of files that a process may open if the limit is unknown.
const usualFiles = 1024

// PerProvider returns how many requests a process may have in flight at each of a number of
// providers, unless the configuration says more. Providers share three quarters of the files that
// the process may open. Callers and the journal need the rest.
func PerProvider(providers int) int { return perProvider(mostFiles(), providers) }

func perProvider(files uint64, providers int) int {
	return int(min(max(files/4*3/uint64(max(providers, 1)), 16), 10000))
}
