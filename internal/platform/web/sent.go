package web

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/sync/singleflight"
)

// OnceField is the hidden field with a random value by which a form that is sent
// twice is known.
const OnceField = "once"

// sent remembers for a while which forms were sent and what was answered, so that
// a double click does one thing. Only the same form counts: of one session, to
// one address, with one value of OnceField and the same content. Sent at the same
// time, it is taken once and both hear the answer; sent again, the answer of the
// first is repeated when that one was taken, and a refused one is judged anew.
//
// The memory is this process's. A portal of several nodes has a balancer that
// keeps a session on its node; where it does not, the versions in the forms still
// keep a change from being made twice.
type sent struct {
	underway singleflight.Group
	answers  *otter.Cache[sendKey, *capture]
}

// sendKey is the digest of a form as it was sent.
type sendKey [sha256.Size]byte

const (
	rememberSent = 10 * time.Minute
	maxSentBytes = 16 << 20
)

func newSent() *sent {
	return &sent{answers: otter.Must(&otter.Options[sendKey, *capture]{
		MaximumWeight:    maxSentBytes,
		Weigher:          func(_ sendKey, c *capture) uint32 { return uint32(c.body.Len() + 1024) },
		ExpiryCalculator: otter.ExpiryWriting[sendKey, *capture](rememberSent),
	})}
}

// keyOf is the key of a form that asks to be taken once. A form that cannot be
// read has none: its handler says why.
func keyOf(r *http.Request) (key sendKey, ok bool) {
	c, err := r.Cookie(SessionCookie)
	if err != nil || r.Method != http.MethodPost || !Actor(r).SignedIn() || parse(r) != nil || r.PostForm.Get(OnceField) == "" {
		return key, false
	}
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q", c.Value, r.URL.RequestURI(), r.PostForm.Encode())
	if r.MultipartForm != nil {
		for _, name := range slices.Sorted(maps.Keys(r.MultipartForm.File)) {
			for _, file := range r.MultipartForm.File[name] {
				fmt.Fprintf(h, " %q %q %d", name, file.Filename, file.Size)
			}
		}
	}
	return sendKey(h.Sum(nil)), true
}

// once answers a form with what take answers, or has answered.
func (s *sent) once(key sendKey, w http.ResponseWriter, r *http.Request, take http.HandlerFunc) {
	v, _, _ := s.underway.Do(string(key[:]), func() (any, error) {
		if c, ok := s.answers.GetIfPresent(key); ok {
			return c, nil
		}
		c := &capture{header: w.Header().Clone()}
		take(c, r.WithContext(context.WithoutCancel(r.Context()))) // the second click hangs up on the first
		if c.status < http.StatusBadRequest && len(c.header["Set-Cookie"]) == 0 {
			s.answers.Set(key, c)
		}
		return c, nil
	})
	v.(*capture).send(w)
}
