package sample

import (
	"cmp"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"time"

	"birge/internal/funding"
	"birge/internal/orgs"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/platform/signatures"

	"github.com/smallstep/pkcs7"
)

// stamp is a certificate with its key. The sample has an issuer of its own, whom
// nobody else trusts: its key is forgotten with the sample's making.
type stamp struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// newStamp makes a certificate that by issues, or one that issues itself.
func newStamp(of pkix.Name, from time.Time, by *stamp) (s stamp, err error) {
	if s.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return s, err
	}
	cert := &x509.Certificate{SerialNumber: big.NewInt(from.Unix()), Subject: of, NotBefore: from, NotAfter: from.AddDate(1, 0, 0)}
	if by == nil {
		cert.IsCA, cert.BasicConstraintsValid, cert.KeyUsage = true, true, x509.KeyUsageCertSign
		by = &stamp{cert, s.key}
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, by.cert, s.key.Public(), by.key)
	if err != nil {
		return s, err
	}
	s.cert, err = x509.ParseCertificate(der)
	return s, err
}

// sign makes a signature file (CMS) over a document, without the document.
func (s stamp) sign(document []byte) ([]byte, error) {
	data, err := pkcs7.NewSignedData(document)
	if err != nil {
		return nil, err
	}
	data.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA256)
	if err := data.SignWithoutAttr(s.cert, s.key, pkcs7.SignerInfoConfig{}); err != nil {
		return nil, err
	}
	data.Detach()
	return data.Finish()
}

// signByFile has an applicant sign by a signature file, which the portal verifies
// against the sample's own issuer.
func (x *contest) signByFile(ctx context.Context, org, agreement ref.ID) (g funding.Agreement, err error) {
	side := x.speaker(org)
	paper, err := x.paper(ctx, side, agreement)
	if err != nil {
		return g, err
	}
	var holder orgs.Organization
	if err := x.DB.View(ctx, func(tx *db.Tx) error {
		found, err := orgs.ByIDs(ctx, tx, []ref.ID{org})
		holder = found[org]
		return err
	}); err != nil {
		return g, err
	}
	from := x.day().AddDays(-30).In(x.Zone)
	issuer, err := newStamp(pkix.Name{CommonName: "Үлгі куәландырушы орталық"}, from, nil)
	if err != nil {
		return g, err
	}
	name := pkix.Name{CommonName: cmp.Or(holder.Head, "Үлгі Басшы"), Organization: []string{holder.Name.Get(i18n.KK)}}
	if holder.BIN != "" {
		name.OrganizationalUnit = []string{"BIN" + holder.BIN}
	}
	hand, err := newStamp(name, from, &issuer)
	if err != nil {
		return g, err
	}
	file, err := hand.sign(paper)
	if err != nil {
		return g, err
	}
	trusted := x.Funding.Signatures
	defer func() { x.Funding.Signatures = trusted }()
	if x.Funding.Signatures, err = signatures.NewChecker(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: issuer.cert.Raw})); err != nil {
		return g, err
	}
	return x.Funding.SignByFile(ctx, side, agreement, file)
}
