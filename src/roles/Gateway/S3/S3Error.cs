namespace Flashback.Gateway.S3;

/// <summary>An error of S3: its code, its HTTP status, and what it says where nothing better is known. spec: Amazon S3 API reference, error responses</summary>
internal sealed record S3Error(string Code, int Status, string Message)
{
    private static readonly Dictionary<string, S3Error> All = new S3Error[]
    {
        new("AccessDenied", 403, "Access denied."),
        new("AuthorizationHeaderMalformed", 400, "The Authorization header makes no sense."),
        new("AuthorizationQueryParametersError", 400, "The query's signature parameters make no sense."),
        new("BadDigest", 400, "The checksum that was given is not that of what was received."),
        new("BucketAlreadyOwnedByYou", 409, "The bucket is there already."),
        new("BucketNotEmpty", 409, "There are objects in the bucket."),
        new("EntityTooLarge", 400, "The object is larger than is taken."),
        new("EntityTooSmall", 400, "A part is smaller than is taken."),
        new("IncompleteBody", 400, "Fewer bytes were received than were announced."),
        new("InternalError", 500, "Something failed here. Try again."),
        new("InvalidAccessKeyId", 403, "There is no such access key."),
        new("InvalidArgument", 400, "An argument makes no sense."),
        new("InvalidBucketName", 400, "A bucket cannot be called that."),
        new("InvalidDigest", 400, "The Content-MD5 or checksum that was given is none."),
        new("InvalidPart", 400, "A part was not uploaded, or is another one."),
        new("InvalidPartOrder", 400, "Parts are not listed in rising order."),
        new("InvalidRange", 416, "The range is not in the object."),
        new("InvalidRequest", 400, "The request makes no sense."),
        new("InvalidStorageClass", 400, "There is no such storage class here."),
        new("InvalidURI", 400, "The URI makes no sense."),
        new("KeyTooLongError", 400, "The key is too long."),
        new("MalformedXML", 400, "The XML is not what is expected here."),
        new("MaxMessageLengthExceeded", 400, "The request is too large."),
        new("MetadataTooLarge", 400, "The metadata is larger than 2 KiB."),
        new("MethodNotAllowed", 405, "The method is not allowed here."),
        new("MissingContentLength", 411, "The request has to tell its length."),
        new("NoSuchBucket", 404, "There is no such bucket."),
        new("NoSuchKey", 404, "There is no such object."),
        new("NoSuchUpload", 404, "There is no such upload."),
        new("NoSuchVersion", 404, "Objects have no versions here."),
        new("NotImplemented", 501, "This is not supported here."),
        new("NotModified", 304, "Not modified."),
        new("PreconditionFailed", 412, "A condition does not hold."),
        new("RequestTimeout", 400, "Nothing was received for too long."),
        new("RequestTimeTooSkewed", 403, "The request's time is more than 15 minutes from the time here."),
        new("ServiceUnavailable", 503, "The content cannot be read now. Try again."),
        new("SignatureDoesNotMatch", 403, "The signature is not that of this request with the key's secret."),
        new("SlowDown", 503, "Nothing more is taken now. Try again later."),
        new("XAmzContentSHA256Mismatch", 400, "The x-amz-content-sha256 that was given is not that of what was received."),
    }.ToDictionary(error => error.Code);

    public static S3Error Find(string code) => All[code];

    public static S3Exception AccessDenied(string message) => new(Find("AccessDenied"), message);

    public static S3Exception InvalidArgument(string message) => new(Find("InvalidArgument"), message);

    public static S3Exception InvalidRequest(string message) => new(Find("InvalidRequest"), message);

    public static S3Exception NotImplemented(string what) => new(Find("NotImplemented"), $"{what} is not supported here.");

    public static S3Exception Of(string code, string? message = null) => new(Find(code), message);
}
