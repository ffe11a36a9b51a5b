package app

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"os"

	"birge/internal/awards"
	"birge/internal/platform/i18n"
)

type verifyCertificateCommand struct {
	Config
	File string   `arg:"" type:"existingfile" help:"The certificate as it was handed out (PDF)."`
	Key  []string `type:"existingfile" help:"A public key of the portal (PEM), instead of the portal of the folder: nothing else is opened."`
}

// Run tells whether one of the portal's keys signed a certificate as it stands, and,
// where the portal is at hand, whether it was taken back.
func (c *verifyCertificateCommand) Run(ctx context.Context) error {
	body, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	if len(c.Key) > 0 {
		keys, err := readKeys(c.Key)
		if err != nil {
			return err
		}
		number, err := awards.ReadSeal(body, keys.check)
		if err != nil {
			return err
		}
		fmt.Printf("certificate %s is as the portal signed it; whether it was taken back is told by the portal alone\n", number)
		return nil
	}
	c.Demo = c.holdsDemo()
	p, err := Open(ctx, c.Config)
	if err != nil {
		return err
	}
	return errors.Join(p.verifyCertificate(ctx, body), p.Close())
}

func (p *Portal) verifyCertificate(ctx context.Context, body []byte) error {
	number, err := awards.ReadSeal(body, p.Keys.Verify)
	if err != nil {
		return err
	}
	x, err := p.Awards.ByNumber(ctx, number)
	if err != nil {
		return err
	}
	switch {
	case !x.Known:
		return fmt.Errorf("certificate %s is signed, but this portal does not know it", number)
	case !x.RevokedAt.IsZero():
		return fmt.Errorf("certificate %s was taken back: %s", number, p.Words.Printer(i18n.EN).Text(x.RevokeReason))
	}
	fmt.Printf("certificate %s is as the portal signed it, and stands\n", number)
	return nil
}

// publicKeys are public keys by their names.
type publicKeys map[string]ed25519.PublicKey

func readKeys(files []string) (publicKeys, error) {
	out := publicKeys{}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		block, _ := pem.Decode(b)
		if block == nil {
			return nil, fmt.Errorf("%s is no key in PEM", file)
		}
		key, err := x509.ParsePKIXPublicKey(block.Bytes)
		public, ok := key.(ed25519.PublicKey)
		if err != nil || !ok {
			return nil, fmt.Errorf("%s is no Ed25519 key", file)
		}
		sum := sha256.Sum256(public)
		out[hex.EncodeToString(sum[:8])] = public
	}
	return out, nil
}

func (k publicKeys) check(id string, data, signature []byte) bool {
	public, ok := k[id]
	return ok && ed25519.Verify(public, data, signature)
}
