package app

import (
	"fmt"
	"os"

	"birge/internal/platform/signatures"
)

// signatures makes what judges signature files: the certificates that are trusted,
// and the verifier beside the portal, nil where none is set up.
func (c *Config) signatures() (*signatures.Checker, *signatures.Remote, error) {
	var roots [][]byte
	for _, path := range c.SignatureRoots {
		cert, err := os.ReadFile(path)
		if err != nil {
			return nil, nil, err
		}
		roots = append(roots, cert)
	}
	checker, err := signatures.NewChecker(roots...)
	if err != nil {
		return nil, nil, fmt.Errorf("app: signature roots: %w", err)
	}
	if c.SignatureVerifier == "" {
		return checker, nil, nil
	}
	remote, err := signatures.NewRemote(c.SignatureVerifier)
	return checker, remote, err
}
