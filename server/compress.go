package server

import (
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzhttp"
)

// gzipETag is the suffix of the ETag of a compressed response. The two forms of a document have
// different bytes.
const gzipETag = "-gzip"

// compressed compresses responses for clients that accept gzip.
func compressed(next http.Handler) (http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(gzhttp.SuffixETag(gzipETag))
	if err != nil {
		return nil, err
	}
	compressing := wrap(next)
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		// Otherwise the response to HEAD would have the headers of the uncompressed form.
		request = readAsGet(request)
		if known := request.Header.Get("If-None-Match"); strings.Contains(known, gzipETag+`"`) {
			request = request.Clone(request.Context())
			request.Header.Set("If-None-Match", strings.ReplaceAll(known, gzipETag+`"`, `"`))
		}
		compressing.ServeHTTP(w, request)
	}), nil
}
