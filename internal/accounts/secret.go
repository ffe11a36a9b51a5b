package accounts

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"birge/internal/platform/problem"
)

// newToken makes a secret of 256 random bits for a cookie or a link.
func newToken() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

func hashOf(secret string) []byte {
	h := sha256.Sum256([]byte(secret))
	return h[:]
}

const codeLetters = "0123456789abcdefghjkmnpqrstvwxyz" // Crockford: no i, l, o, u

// newCode makes a secret that people can type: 26 characters, 130 random bits.
func newCode(length int) string {
	b := make([]byte, length)
	_, _ = rand.Read(b)
	for i := range b {
		b[i] = codeLetters[b[i]&31]
	}
	return string(b)
}

// typedCode is a code as it was made, however it was typed: capitals, blanks,
// hyphens, look-alikes.
func typedCode(s string) string {
	return strings.NewReplacer("o", "0", "i", "1", "l", "1", "-", "", " ", "", "\u00a0", "").Replace(strings.ToLower(s))
}

// Grouped writes a code in groups of four.
func Grouped(code string) string {
	var b strings.Builder
	for i, r := range code {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// errLinkOver is the one answer to a link that is wrong, used or too old.
func errLinkOver() error { return problem.New(problem.NotFound, "accounts.link.over") }
