package accounts

import (
	"context"
	"encoding/base64"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"birge/internal/platform/problem"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"
)

const (
	minPassword = 10
	maxPassword = 200 // runes: more costs work and adds nothing
)

// hasher makes and compares password hashes, a few at a time: each takes 19 MiB
// and a processor.
type hasher struct {
	slots  chan struct{}
	params *argon2id.Params
	// decoy is compared when there is no password, so that the answer takes as long.
	// Nobody made it from a password: making one would slow every start down.
	decoy string
}

func newHasher() *hasher {
	p := &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}
	nothing := func(bytes uint32) string { return base64.RawStdEncoding.EncodeToString(make([]byte, bytes)) }
	return &hasher{
		slots:  make(chan struct{}, max(1, runtime.NumCPU())),
		params: p,
		decoy: fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", p.Memory, p.Iterations, p.Parallelism,
			nothing(p.SaltLength), nothing(p.KeyLength)),
	}
}

func (h *hasher) take(ctx context.Context) (free func(), err error) {
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	free, err := h.take(ctx)
	if err != nil {
		return "", err
	}
	defer free()
	return argon2id.CreateHash(norm.NFKC.String(password), h.params)
}

// matches tells whether the password is the one of the hash; "" stands for no
// hash, takes the same work and never matches.
func (h *hasher) matches(ctx context.Context, password, hash string) (bool, error) {
	free, err := h.take(ctx)
	if err != nil {
		return false, err
	}
	defer free()
	known := hash != ""
	if !known {
		hash = h.decoy
	}
	if utf8.RuneCountInString(password) > maxPassword {
		password = ""
	}
	ok, err := argon2id.ComparePasswordAndHash(norm.NFKC.String(password), hash)
	return ok && known, err
}

// checkPassword judges a new password of somebody with that name and address.
func checkPassword(bad *problem.Fields, password, name, email string) {
	n := utf8.RuneCountInString(norm.NFKC.String(password))
	bad.Reject(n < minPassword, "password", "accounts.password.short", "min", minPassword)
	bad.Reject(n > maxPassword, "password", "accounts.password.long", "max", maxPassword)
	bad.Reject(guessable(password, name, email), "password", "accounts.password.common")
}

// guessable finds the passwords that are tried first: runs of keys, few
// characters again and again, a word of the list with figures around it, the
// person's own name or address.
func guessable(password, name, email string) bool {
	lower := strings.ToLower(norm.NFKC.String(password))
	if distinct(lower) < 5 || isRun(lower) {
		return true
	}
	local, host, _ := strings.Cut(FoldEmail(email), "@")
	words := append(strings.Fields(strings.ToLower(name)), local)
	words = append(append(words, strings.FieldsFunc(host, notLetter)...), commonWords...)
	return isMadeOf(lower, words) || isMadeOf(standIns.Replace(lower), words)
}

// standIns undoes the figures that stand for letters: p@$$w0rd.
var standIns = strings.NewReplacer("@", "a", "$", "s", "0", "o", "3", "e", "1", "i", "!", "i")

// isMadeOf tells that fewer than four letters are left of s without the words.
func isMadeOf(s string, words []string) bool {
	rest := s
	for _, w := range words {
		if utf8.RuneCountInString(w) > 2 {
			rest = strings.ReplaceAll(rest, w, "")
		}
	}
	letters := 0
	for _, r := range rest {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return rest != s && letters < 4
}

func notLetter(r rune) bool { return !unicode.IsLetter(r) }

func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// runs are the orders in which lazy fingers move.
var runs = [...]string{
	"01234567890", "09876543210", "abcdefghijklmnopqrstuvwxyz", "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
	"qwertyuiop", "asdfghjkl", "zxcvbnm", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю",
	"1qaz2wsx3edc4rfv5tgb", "qazwsxedcrfvtgb", "1q2w3e4r5t6y7u8i9o0p",
}

// isRun tells that s is made of pieces of runs, each four long or longer.
func isRun(s string) bool {
	left := []rune(s)
	for len(left) >= 4 {
		n := len(left)
		for n >= 4 && !inRun(string(left[:n])) {
			n--
		}
		if n < 4 {
			return false
		}
		left = left[n:]
	}
	return true
}

func inRun(s string) bool {
	back := []rune(s)
	slices.Reverse(back)
	for _, run := range runs {
		if strings.Contains(run, s) || strings.Contains(run, string(back)) {
			return true
		}
	}
	return false
}

// commonWords are the cores of passwords that people choose without thinking,
// here and elsewhere.
var commonWords = []string{
	"password", "passwort", "parol", "пароль", "құпиясөз", "құпия", "qupia", "secret", "letmein", "welcome", "admin",
	"administrator", "adminpanel", "root", "user", "test", "demo", "login", "guest", "qwerty", "йцукен", "qazwsx", "asdf",
	"zxcv", "iloveyou", "loveyou", "monkey", "dragon", "football", "sunshine", "princess", "master", "superman", "batman",
	"kazakhstan", "qazaqstan", "kazakstan", "казахстан", "қазақстан", "almaty", "алматы", "astana", "астана", "aktobe",
	"aqtobe", "актобе", "ақтөбе", "shymkent", "шымкент", "karaganda", "караганда", "birge", "бірге", "portal", "портал",
	"akimat", "акимат", "әкімдік", "privet", "привет", "salem", "сәлем", "lyubov", "любовь", "natasha", "наташа",
	"aigerim", "айгерім", "nursultan", "нурсултан", "money", "tenge", "теңге", "spring", "summer", "autumn", "winter",
	"january", "november", "december", "abc", "xyz", "пупсик", "солнышко", "zhanym", "жаным", "balam", "балам",
}
