// Package keys keeps the portal's own keys in one folder: an Ed25519 pair that
// signs the heads of the journal and other public statements, and one secret
// from which codes for links, hashes and tokens are derived.
//
// The keys are made once, when the folder has none. A new signing key replaces
// the private half of the old one; every public half stays, so that what was
// signed before can be checked for ever. Whoever reads the folder can speak as
// the portal: the folder is 0700, its secrets 0600.
package keys

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

const (
	signingFile  = "signing.pem" // the private key of today
	secretFile   = "secret.pem"
	publicFolder = "public" // ID.pem: all public keys there ever were
	secretLength = 32
)

// Ring is an open folder of keys. It may be used by many at once.
type Ring struct {
	dir    string
	secret []byte

	mu      sync.RWMutex
	private ed25519.PrivateKey
	id      string
	public  map[string]ed25519.PublicKey
}

// PublicKey is what the portal publishes of a signing key.
type PublicKey struct {
	ID string
	// PEM is the key in the usual form (PKIX).
	PEM string
	// Current tells that the portal signs with it today.
	Current bool
}

// Open reads the keys in dir and makes those that are missing.
func Open(dir string) (*Ring, error) {
	if err := os.MkdirAll(filepath.Join(dir, publicFolder), 0o700); err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	r := &Ring{dir: dir}
	var err error
	if r.secret, err = readOrMake(filepath.Join(dir, secretFile), "BIRGE SECRET", newSecret); err != nil {
		return nil, err
	}
	if len(r.secret) != secretLength {
		return nil, fmt.Errorf("keys: %s has %d bytes, not %d", secretFile, len(r.secret), secretLength)
	}
	der, err := readOrMake(filepath.Join(dir, signingFile), "PRIVATE KEY", newSigning)
	if err != nil {
		return nil, err
	}
	if err := r.use(der); err != nil {
		return nil, err
	}
	return r, r.loadPublic()
}

// Rotate makes a new signing key. What the old one signed can still be checked.
func (r *Ring) Rotate() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	der, err := newSigning()
	if err != nil {
		return err
	}
	if err := write(filepath.Join(r.dir, signingFile), "PRIVATE KEY", der, os.Rename); err != nil {
		return err
	}
	if err := r.use(der); err != nil {
		return err
	}
	return r.loadPublic()
}

// use takes a private key as today's and writes down its public half.
func (r *Ring) use(der []byte) error {
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return fmt.Errorf("keys: %s: %w", signingFile, err)
	}
	private, ok := key.(ed25519.PrivateKey)
	if !ok {
		return fmt.Errorf("keys: %s holds a %T, not an Ed25519 key", signingFile, key)
	}
	public := private.Public().(ed25519.PublicKey)
	r.private, r.id = private, keyID(public)
	der, err = x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	err = write(filepath.Join(r.dir, publicFolder, r.id+".pem"), "PUBLIC KEY", der, os.Link)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

func (r *Ring) loadPublic() error {
	files, err := filepath.Glob(filepath.Join(r.dir, publicFolder, "*.pem"))
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	r.public = map[string]ed25519.PublicKey{}
	for _, file := range files {
		der, err := read(file, "PUBLIC KEY")
		if err != nil {
			return err
		}
		key, err := x509.ParsePKIXPublicKey(der)
		public, ok := key.(ed25519.PublicKey)
		if err != nil || !ok || keyID(public)+".pem" != filepath.Base(file) {
			return fmt.Errorf("keys: %s is not the key that its name says", file)
		}
		r.public[keyID(public)] = public
	}
	return nil
}

// keyID names a public key by the start of its SHA-256.
func keyID(k ed25519.PublicKey) string {
	sum := sha256.Sum256(k)
	return hex.EncodeToString(sum[:8])
}

// Sign signs data with today's key and names the key.
func (r *Ring) Sign(data []byte) (keyID string, signature []byte) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.id, ed25519.Sign(r.private, data)
}

// Verify tells whether one of the portal's keys, also a former one, signed data.
func (r *Ring) Verify(keyID string, data, signature []byte) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	k, ok := r.public[keyID]
	return ok && ed25519.Verify(k, data, signature)
}

// Public lists all public keys for publication, today's first.
func (r *Ring) Public() ([]PublicKey, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var list []PublicKey
	for id, k := range r.public {
		der, err := x509.MarshalPKIXPublicKey(k)
		if err != nil {
			return nil, fmt.Errorf("keys: %w", err)
		}
		text := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
		list = append(list, PublicKey{ID: id, PEM: string(text), Current: id == r.id})
	}
	slices.SortFunc(list, func(a, b PublicKey) int {
		if a.Current != b.Current {
			if a.Current {
				return -1
			}
			return 1
		}
		return strings.Compare(a.ID, b.ID)
	})
	return list, nil
}

// MAC is a code of 32 bytes that only this portal can make for data. Codes of
// different purposes have nothing to do with each other.
func (r *Ring) MAC(purpose string, data []byte) []byte {
	return mac(mac(r.secret, []byte(purpose)), data)
}

// CheckMAC tells in constant time whether code is the MAC of data.
func (r *Ring) CheckMAC(purpose string, data, code []byte) bool {
	return hmac.Equal(r.MAC(purpose, data), code)
}

func mac(key, data []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(data)
	return h.Sum(nil)
}

func newSecret() ([]byte, error) {
	b := make([]byte, secretLength)
	_, err := rand.Read(b)
	return b, err
}

func newSigning() ([]byte, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return x509.MarshalPKCS8PrivateKey(private)
}

// readOrMake reads a secret; where two programs start at once, the first one's stays.
func readOrMake(path, kind string, fresh func() ([]byte, error)) ([]byte, error) {
	b, err := read(path, kind)
	if !errors.Is(err, fs.ErrNotExist) {
		return b, err
	}
	if b, err = fresh(); err != nil {
		return nil, err
	}
	if err := write(path, kind, b, os.Link); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return read(path, kind)
}

func read(path, kind string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("keys: others may read %s; give it the mode 0600", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != kind {
		return nil, fmt.Errorf("keys: %s holds no %s", path, strings.ToLower(kind))
	}
	return block.Bytes, nil
}

// write brings a whole file to path by place: os.Link fails when path is there,
// os.Rename replaces it.
func write(path, kind string, data []byte, place func(from, to string) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-")
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	defer os.Remove(f.Name())
	err = errors.Join(pem.Encode(f, &pem.Block{Type: kind, Bytes: data}), f.Sync(), f.Close())
	if err == nil {
		err = place(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	return nil
}
