package server

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
)

// localOnly refuses callers on other machines, callers behind a proxy, and pages in a browser on
// this machine.
func localOnly(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		peer, err := netip.ParseAddrPort(request.RemoteAddr)
		switch {
		case err != nil || !peer.Addr().Unmap().IsLoopback():
			http.Error(w, "This path is for callers on this machine only. Use 127.0.0.1 or ::1.", http.StatusForbidden)
		case !isLiteral(request.Host):
			http.Error(w, "This path accepts only localhost or an IP address as host. Use http://127.0.0.1:PORT.", http.StatusForbidden)
		case isForwarded(request.Header):
			http.Error(w, "This path accepts no requests from a proxy or a web page. Use curl on this machine.", http.StatusForbidden)
		default:
			next(w, request)
		}
	})
}

// isLiteral reports whether a Host header names localhost or an IP address. No foreign name
// server can point those to this machine.
func isLiteral(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	_, err = netip.ParseAddr(name)
	return err == nil || name == "localhost"
}

// isForwarded reports whether the headers show a proxy that forwards a request, or a browser that
// sends it for another page.
func isForwarded(header http.Header) bool {
	for _, name := range []string{"Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip"} {
		if header.Get(name) != "" {
			return true
		}
	}
	return !slices.Contains([]string{"", "none", "same-origin"}, header.Get("Sec-Fetch-Site"))
}
