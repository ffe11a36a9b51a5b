package web

import "net/http"

// Reader is the network address from which the request comes, as limits count
// it: a network of IPv6 counts as one. An address that cannot be read is "".
func Reader(r *http.Request) string {
	s := Server{config: *infoOf(r).config}
	addr, err := s.reader(r)
	if err != nil {
		return ""
	}
	return addr
}
